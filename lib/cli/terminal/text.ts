/** How wide text is on a terminal, and cutting it to fit. */
import { stripVTControlCharacters } from 'node:util';

const segmenter = new Intl.Segmenter();
const wide = /\p{Extended_Pictographic}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;
/** What isn't printable ASCII needs the slow way. */
const notPlain = /[^\x20-\x7e]/;

/** Columns that `text` takes; colours take none. */
export function widthOf(text: string): number {
  if (!notPlain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** Cuts plain text (no colours) to at most `width` columns, with an ellipsis when something is lost. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let result = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += wide.test(segment) ? 2 : 1;
    if (used >= width) break;
    result += segment;
  }
  return width < 1 ? '' : `${result}…`;
}

export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/**
 * Text from elsewhere (ids, messages, log lines) without what could steer the terminal: cursor movements, titles,
 * carriage returns. Colours stay when `colours` says so.
 */
export function harmless(text: string, colours = false): string {
  if (!notPlain.test(text)) return text;
  const kept = colours
    ? text.replaceAll(escapes, (match) => (isColour.test(match) ? match : ''))
    : stripVTControlCharacters(text);
  return kept.replaceAll(colours ? controlsButEscape : controls, '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it looks for
const escapes = /\x1b(?:\[[0-9:;<=>?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[^[\]m])|\x1b$/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const isColour = /^\x1b\[[0-9:;]*m$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controls = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controlsButEscape = /[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f]/g;
