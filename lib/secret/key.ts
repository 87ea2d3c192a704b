/** What a secret may be called, and how large it may be. */
import { InvalidError } from '../errors.ts';
import { writeValue } from '../pipeline/issue.ts';
import type { Secrets } from '../ports/secrets.ts';

/** Escaped, and behind the names of stack, namespace and pipeline, it has to fit into the 512 characters of AWS's names. */
const longestKey = 100;

/** Refuses (400) keys that can't be named in a config, or read in a list. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  const problem = problemOf(key, bytes);
  if (problem)
    throw new InvalidError(
      `key is ${writeValue(key)}, which ${problem}; allowed: 1 to ${longestKey} bytes without control characters, braces or blanks at the ends`,
    );
}

function problemOf(key: string, bytes: number): string | undefined {
  if (!key) return 'is empty';
  if (/\p{Cc}/u.test(key)) return 'holds a control character';
  if (!key.isWellFormed()) return 'holds half a character';
  if (key !== key.trim()) return 'begins or ends with a blank';
  if (/[{}]/.test(key)) return 'holds a brace';
  return bytes > longestKey ? `has ${bytes} bytes` : undefined;
}

/** Refuses (400) what the store, or a container's environment, can't hold. Says nothing of the content. */
export function checkContent(content: string, { bytes: most, store }: Secrets['limit']): void {
  const bytes = Buffer.byteLength(content);
  if (!bytes) throw new InvalidError('content is empty; a secret has at least one byte');
  if (content.includes('\0')) throw new InvalidError('content holds a NUL character, which no environment can');
  if (bytes > most)
    throw new InvalidError(
      `content has ${bytes} bytes; ${store} holds up to ${most}: put larger things into an object`,
    );
}
