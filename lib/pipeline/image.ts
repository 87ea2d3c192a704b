/**
 * Image references by the grammar of the distribution project: `[domain/]path[:tag][@digest]`.
 * Anything else is refused by every registry and engine, so it is refused before it is stored.
 */
const alphanumeric = '[a-z0-9]+';
const separator = '(?:[._]|__|-+)';
const component = `${alphanumeric}(?:${separator}${alphanumeric})*`;
const domainLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${domainLabel}(?:\\.${domainLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const name = `(?:${domain}/)?${component}(?:/${component})*`;
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

const reference = new RegExp(`^(${name})(?::${tag})?(?:@${digest})?$`);

/** Without tag and digest, a name has at most this many characters. */
const longestName = 255;

/** A reference is longer than this only by mistake: longest name, tag and a SHA-512 digest. */
const longest = 600;

export function isImageReference(image: string): boolean {
  const matched = image.length <= longest ? reference.exec(image)?.[1] : undefined;
  return matched !== undefined && matched.length <= longestName;
}

/** What was probably meant: without blanks around it, without a scheme, in lower case. */
export function similarImage(image: string): string | undefined {
  const trimmed = image.trim().replace(/^(https?|docker):\/\//, '');
  return [trimmed, trimmed.replace(/^[^:@]*/, (path) => path.toLowerCase())].find(isImageReference);
}
