/** Which namespaces may use a global secret: patterns, as those of roles. */
import { compilePattern } from '../access/pattern.ts';
import { InvalidError } from '../errors.ts';

/** More are rather one pattern. */
const most = 50;

/** Refuses (400) a list that nothing could match, or that can't be read. */
export function checkPatterns(namespaces: readonly string[]): void {
  if (!namespaces.length)
    throw new InvalidError(
      'namespaces is empty, so no pipeline could use the secret; name some by regular expressions, or all with [".*"]',
    );
  if (namespaces.length > most)
    throw new InvalidError(`namespaces has ${namespaces.length} entries; allowed: up to ${most}`);
  for (const each of namespaces) compilePattern(each);
}

export const allowsNamespace = (namespaces: readonly string[], namespace: string): boolean =>
  namespaces.some((each) => compilePattern(each).matches(namespace));
