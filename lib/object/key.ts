/** Keys of objects. They name rows of the table and never files, so nearly every text is one. */
import { InvalidError } from '../errors.ts';

/** Bytes of UTF-8: a sort key of the table has 1,024. */
const longest = 512;

/** biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for. */
const control = /[\u0000-\u001f\u007f]/;

/** Throws what is wrong with a key, and what is allowed. */
export function checkKey(key: string): void {
  const wrong = problemOf(key);
  if (wrong) throw new InvalidError(`key ${JSON.stringify(key.slice(0, 60))}: ${wrong}`);
}

function problemOf(key: string): string | undefined {
  if (!key) return 'is empty; a key has at least one character';
  if (control.test(key)) return 'holds a control character; any others are allowed';
  if (!key.isWellFormed()) return 'is not well-formed Unicode';
  if (key === '.' || key === '..') return 'can not be sent in an address; any other text can';
  const bytes = Buffer.byteLength(key);
  return bytes > longest ? `has ${bytes} bytes; allowed are ${longest}` : undefined;
}
