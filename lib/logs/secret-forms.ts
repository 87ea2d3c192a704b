/**
 * How a secret may stand in a log: as it is, over several lines, within JSON, and as base64 or in an address. Without line
 * breaks, for that is how lines are searched.
 */

/** What is shorter stands in any log by chance, and says little: it stays. */
export const shortestForm = 4;
/** The same for a single line of a secret of several. */
const shortestLine = 8;

/** Every form once, as bytes. */
export function formsOf(secret: string): Uint8Array[] {
  const lines = secret.split(/[\r\n]+/).filter((line) => line.length >= shortestLine);
  const texts = [secret, ...(lines.length > 1 ? lines : []), ...inJson(secret), ...inAddress(secret)];
  const encoded = [...inBase64(secret), ...inBase64(`${secret}\n`)];
  const all = new Set([...texts, ...encoded].map((text) => text.replace(/[\r\n]/g, '')));
  return [...all].map((text) => Buffer.from(text)).filter(({ length }) => length >= shortestForm);
}

/** As JavaScript writes it, as Go, Python and PHP do, and PHP with `JSON_UNESCAPED_UNICODE`. Most secrets look the same in all. */
function inJson(secret: string): string[] {
  const usual = JSON.stringify(secret).slice(1, -1);
  const go = usual.replace(/[<>&\u2028\u2029]/g, codeOf);
  const ascii = usual.replace(/[^ -~]/g, codeOf);
  const slashes = [ascii, usual].map((text) => text.replaceAll('/', '\\/'));
  return [usual, go, ascii, ...slashes];
}

/** Of half a character beyond the first 65,536, for JSON names the halves: `\u00e9`. */
const codeOf = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Programs differ in what they leave as it is, and in how they write hexadecimal digits. */
function inAddress(secret: string): string[] {
  if (!secret.isWellFormed()) return [];
  const usual = encodeURIComponent(secret);
  const strict = usual.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams({ '': secret }).toString().slice(1);
  return [usual, strict, form].flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/**
 * Alone or within something longer, where its bytes begin at any of three places of a group: as far as they alone say how
 * it looks, and to its end with the padding.
 */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const text = whole.toString('base64');
    const from = Math.ceil((before * 8) / 6);
    const forms = [text.slice(from, Math.floor((whole.length * 8) / 6)), text.slice(from)];
    return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
  });
}
