/**
 * Patterns that names are matched with. Whoever writes one can't make anybody wait: a pattern is followed on all its ways
 * at once, so matching takes at most the product of both lengths. (JavaScript's own expressions take exponential time for
 * some; RE2's port is a third as large as a whole function may be.)
 */
import { InvalidError } from '../errors.ts';
import { type Part, parsePattern } from './pattern-syntax.ts';

export type Pattern = {
  /** True when the pattern fits a part of `text`, or all of it between `^` and `$`. */
  readonly matches: (text: string) => boolean;
};

/** Characters of a pattern. */
const longest = 256;
/** Steps that a pattern may have when its counts are written out. */
const mostSteps = 2_000;
/** Names are far shorter; what is longer matches nothing. */
const longestText = 1_024;

type Step =
  | { readonly do: 'one'; readonly fits: (code: number) => boolean }
  | { readonly do: 'begin' | 'end' }
  /** Goes on at each of these. */
  | { readonly do: 'fork'; readonly to: readonly number[] };

/**
 * Throws an `InvalidError` that says what is wrong and what is understood.
 * @example compilePattern('^team-').matches('team-red')
 */
export function compilePattern(pattern: string): Pattern {
  if (pattern.length > longest)
    throw new InvalidError(
      `pattern "${pattern.slice(0, 20)}…" has ${pattern.length} characters; ${longest} are allowed`,
    );
  const steps = write(parsePattern(pattern), pattern);
  return { matches: (text) => text.length <= longestText && run(steps, text) };
}

function write(whole: Part, pattern: string): readonly Step[] {
  const steps: Step[] = [];
  const put = (step: Step): number => {
    if (steps.length >= mostSteps)
      throw new InvalidError(`pattern "${pattern}" is too large: its counts make more than ${mostSteps} steps`);
    return steps.push(step) - 1;
  };
  /** A fork whose ways are known later. */
  const fork = () => {
    const to: number[] = [];
    put({ do: 'fork', to });
    return to;
  };
  const add = (part: Part): void => {
    if (part.is === 'one') put({ do: 'one', fits: part.fits });
    else if (part.is === 'begin' || part.is === 'end') put({ do: part.is });
    else if (part.is === 'sequence') part.of.forEach(add);
    else if (part.is === 'choice') {
      const ways = fork();
      const ends = part.of.map((way) => {
        ways.push(steps.length);
        add(way);
        return fork();
      });
      for (const end of ends) end.push(steps.length);
    } else repeat(part.of, part.least, part.most);
  };
  const repeat = (part: Part, least: number, most: number): void => {
    for (let i = 0; i < least; i++) add(part);
    if (most === Number.POSITIVE_INFINITY) {
      const begin = steps.length;
      const ways = fork();
      ways.push(steps.length);
      add(part);
      put({ do: 'fork', to: [begin] });
      ways.push(steps.length);
      return;
    }
    const skips: number[][] = [];
    for (let i = least; i < most; i++) {
      const ways = fork();
      ways.push(steps.length);
      add(part);
      skips.push(ways);
    }
    for (const ways of skips) ways.push(steps.length);
  };
  add(whole);
  return steps;
}

/** Follows all ways at once; the end of the steps is the goal. */
function run(steps: readonly Step[], text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  let reached = new Set<number>();
  for (let at = 0; at <= codes.length; at++) {
    // A match may begin anywhere.
    const ways = [...reached, 0];
    const here = new Set<number>();
    for (let step = ways.pop(); step !== undefined; step = ways.pop()) {
      if (here.has(step)) continue;
      here.add(step);
      const found = steps[step];
      if (!found) return true;
      if (found.do === 'fork') ways.push(...found.to);
      else if (found.do === 'begin' ? at === 0 : found.do === 'end' && at === codes.length) ways.push(step + 1);
    }
    const code = codes[at];
    if (code === undefined) return false;
    reached = new Set();
    for (const step of here) {
      const found = steps[step];
      if (found?.do === 'one' && found.fits(code)) reached.add(step + 1);
    }
  }
  return false;
}
