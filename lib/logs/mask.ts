/**
 * Takes secrets out of log lines, as they go by. A line that is masked leaves at once: no line waits for the next one, not
 * even where a secret goes on in it, as in a key of several lines, in base64 that a program has wrapped, or in a line that
 * came in pieces. Its beginning is taken out where the line ends, its rest where the next one begins.
 */
import { formsOf, shortestForm } from './secret-forms.ts';

/** What stands in place of a secret. */
const stars = Buffer.from('***');

/** Some programs end their lines with one: it belongs to no secret, and stays. */
const carriageReturn = 0x0d;

/** A shorter beginning of a secret at a line's end is no sign of one: it stays, and only the rest is taken out. */
const longestWindow = 8;

/** Of a short secret, half is sign enough. */
const shortestBeginning = (form: Uint8Array): number => Math.max(shortestForm, Math.ceil(form.length / 2));

/** A form of a secret that a line ended within: so many of its bytes have gone by. */
type Open = { readonly form: Uint8Array; readonly seen: number };
type Gap = { from: number; to: number };

/** What is looked for: made once for the secrets of a task, used by any number of streams. */
export class Masks {
  /** Bytes at the beginning of each form that a line is searched for. */
  readonly window: number;
  /** How far the search may go on, by the last two bytes of the window. */
  readonly skips: Uint8Array;
  /** Forms by the last two bytes of their windows. */
  readonly forms: ReadonlyMap<number, readonly Uint8Array[]>;
  /** Beginnings shorter than the window that count at a line's end, by their last two bytes. */
  readonly beginnings: ReadonlyMap<number, readonly Open[]>;

  constructor(secrets: Iterable<string>) {
    const forms = [...secrets].flatMap(formsOf);
    this.window = forms.reduce((least, { length }) => Math.min(least, length), longestWindow);
    this.skips = new Uint8Array(65_536).fill(Math.max(1, this.window - 1));
    const byEnd = new Map<number, Uint8Array[]>();
    const beginnings = new Map<number, Open[]>();
    for (const form of forms) {
      for (let at = 0; at < this.window - 1; at++) {
        const pair = pairAt(form, at);
        this.skips[pair] = Math.min(this.skips[pair] ?? 0, this.window - 2 - at);
      }
      const end = pairAt(form, this.window - 2);
      byEnd.set(end, [...(byEnd.get(end) ?? []), form]);
      for (let seen = shortestBeginning(form); seen < this.window; seen++) {
        const pair = pairAt(form, seen - 2);
        beginnings.set(pair, [...(beginnings.get(pair) ?? []), { form, seen }]);
      }
    }
    this.forms = byEnd;
    this.beginnings = beginnings;
  }

  get isEmpty(): boolean {
    return this.forms.size === 0;
  }
}

const pairAt = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Masks the lines of one stream, in their order. */
export class Masker {
  readonly #masks: Masks;
  /** The last bytes of the line before, where a form may have begun that is too short there to be told. */
  #carried: Uint8Array = new Uint8Array();
  #open: readonly Open[] = [];

  constructor(masks: Masks) {
    this.#masks = masks;
  }

  /** The same bytes, if there is nothing to take out of them. */
  mask(line: Uint8Array): Uint8Array {
    const text = line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
    if (this.#masks.isEmpty || !text.length) return line;
    const open = this.#open;
    const { gaps, ends } = this.#search(this.#carried.length ? Buffer.concat([this.#carried, text]) : text);
    const carried = this.#carried.length;
    const found = gaps.map(({ from, to }) => ({ from: Math.max(0, from - carried), to: to - carried }));
    const continued = open.flatMap((each) => goOn(each, text));
    this.#open = [...ends, ...continued.flatMap(({ open = [] }) => open)];
    this.#carried = lastOf(text, this.#carried, this.#masks.window - 1);
    const all = [...found.filter(({ to }) => to > 0), ...continued.map(({ to }) => ({ from: 0, to }))];
    return all.length ? without(line, all) : line;
  }

  /** Whole forms, and those that the end of the bytes cuts off. */
  #search(bytes: Uint8Array): { readonly gaps: Gap[]; readonly ends: readonly Open[] } {
    const { window, skips, forms, beginnings } = this.#masks;
    const gaps: Gap[] = [];
    const ends: Open[] = [];
    const last = bytes.length - 1;
    for (let at = window - 2; at < last; ) {
      const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      const skip = skips[pair] ?? 1;
      if (skip) {
        at += skip;
        continue;
      }
      const from = at + 2 - window;
      for (const form of forms.get(pair) ?? []) {
        const to = Math.min(bytes.length, from + form.length);
        if (!sameAt(bytes, from, form, 0, to - from)) continue;
        gaps.push({ from, to });
        if (to - from < form.length) ends.push({ form, seen: to - from });
      }
      at++;
    }
    const to = bytes.length;
    for (const { form, seen } of beginnings.get(pairAt(bytes, last - 1)) ?? []) {
      if (seen > to || !sameAt(bytes, to - seen, form, 0, seen)) continue;
      gaps.push({ from: to - seen, to });
      ends.push({ form, seen });
    }
    return { gaps, ends };
  }
}

/** How far the line goes on with a form that began before it. */
function goOn({ form, seen }: Open, line: Uint8Array): { readonly to: number; readonly open?: Open[] }[] {
  const to = Math.min(line.length, form.length - seen);
  if (!sameAt(line, 0, form, seen, to)) return [];
  return [{ to, ...(seen + to < form.length && { open: [{ form, seen: seen + to }] }) }];
}

function sameAt(bytes: Uint8Array, at: number, form: Uint8Array, from: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== form[from + i]) return false;
  return true;
}

/** The last bytes that have gone by, of this line and of those before if it is short. */
function lastOf(line: Uint8Array, before: Uint8Array, count: number): Uint8Array {
  if (line.length >= count) return line.slice(line.length - count);
  return Buffer.concat([before, line]).subarray(-count);
}

/** Gaps that overlap or touch become one. */
function without(line: Uint8Array, gaps: readonly Gap[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  let gapEnd = -1;
  for (const { from, to } of gaps.toSorted((a, b) => a.from - b.from)) {
    if (from > gapEnd) parts.push(line.subarray(at, from), stars);
    gapEnd = Math.max(gapEnd, to);
    at = gapEnd;
  }
  return Buffer.concat([...parts, line.subarray(at)]);
}
