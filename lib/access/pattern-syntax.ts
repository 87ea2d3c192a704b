/**
 * The syntax of patterns: what RE2, Go and Rust call regular expressions, as far as names need it. What only backtracking
 * can match (back references, looking around) isn't part of it.
 */
import { InvalidError } from '../errors.ts';

/** What a pattern is made of. */
export type Part =
  | { readonly is: 'one'; readonly fits: (code: number) => boolean }
  | { readonly is: 'begin' }
  | { readonly is: 'end' }
  | { readonly is: 'sequence'; readonly of: readonly Part[] }
  | { readonly is: 'choice'; readonly of: readonly Part[] }
  | { readonly is: 'repeat'; readonly of: Part; readonly least: number; readonly most: number };

/** 400: says where the pattern can't be read, and what is understood. */
export class PatternError extends InvalidError {
  override readonly name = 'PatternError';
  constructor(pattern: string, at: number, problem: string) {
    super(
      `pattern "${pattern}": ${problem} at character ${at + 1}; understood are letters, . [a-z] [^a-z] \\d \\w \\s ( | ) * + ? {2,5} ^ $ and \\ before a character that stands for itself`,
    );
  }
}

/** Most times that `{n,m}` may ask for. */
const mostRepeats = 100;
/** Groups may stand within each other this deep. */
const deepest = 20;

const range = (from: number, to: number) => (code: number) => from <= code && code <= to;
const either =
  (...of: ((code: number) => boolean)[]) =>
  (code: number) =>
    of.some((fits) => fits(code));
const not = (fits: (code: number) => boolean) => (code: number) => !fits(code);
const exactly = (code: number) => range(code, code);
const codeOf = (character: string) => character.codePointAt(0) ?? 0;
const between = (from: string, to: string) => range(codeOf(from), codeOf(to));

const digit = between('0', '9');
const word = either(between('a', 'z'), between('A', 'Z'), digit, exactly(codeOf('_')));
const blank = either(...[...' \t\n\r\f\v'].map((each) => exactly(codeOf(each))));
const classes: Readonly<Record<string, (code: number) => boolean>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: blank,
  S: not(blank),
};
const written: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };

/** Throws a {@link PatternError}. */
export const parsePattern = (pattern: string): Part => new Parser(pattern).whole();

class Parser {
  readonly #pattern: string;
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#characters = [...pattern];
  }

  whole(): Part {
    const part = this.#choice();
    if (this.#next !== undefined) throw this.#error('a ) closes nothing');
    return part;
  }

  get #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #error = (problem: string) => new PatternError(this.#pattern, this.#at, problem);

  #take(wanted: string): boolean {
    if (this.#next !== wanted) return false;
    this.#at++;
    return true;
  }

  #choice(): Part {
    const of = [this.#sequence()];
    while (this.#take('|')) of.push(this.#sequence());
    return { is: 'choice', of };
  }

  #sequence(): Part {
    const of: Part[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') of.push(this.#repeated());
    return { is: 'sequence', of };
  }

  #repeated(): Part {
    const part = this.#single();
    const counts = this.#counts();
    if (!counts) return part;
    // Whether it prefers few or many makes no difference to what fits.
    this.#take('?');
    if (this.#next !== undefined && '*+?{'.includes(this.#next)) throw this.#error('nothing to repeat');
    return { is: 'repeat', of: part, ...counts };
  }

  #counts(): { least: number; most: number } | undefined {
    const many = Number.POSITIVE_INFINITY;
    if (this.#take('*')) return { least: 0, most: many };
    if (this.#take('+')) return { least: 1, most: many };
    if (this.#take('?')) return { least: 0, most: 1 };
    if (this.#next !== '{') return undefined;
    const rest = this.#characters.slice(this.#at).join('');
    const [all, from = '', comma, to] = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(rest) ?? [];
    if (!all) throw this.#error('a { begins neither {2} nor {2,5}');
    const least = Number(from);
    const most = comma ? (to ? Number(to) : many) : least;
    if (most < least || least > mostRepeats || (most !== many && most > mostRepeats))
      throw this.#error(`${all} is not a count from 0 to ${mostRepeats}`);
    this.#at += all.length;
    return { least, most };
  }

  #single(): Part {
    const character = this.#next ?? '';
    if ('*+?{'.includes(character)) throw this.#error('nothing to repeat');
    this.#at++;
    switch (character) {
      case '^':
        return { is: 'begin' };
      case '$':
        return { is: 'end' };
      case '.':
        return { is: 'one', fits: not(exactly(codeOf('\n'))) };
      case '(':
        return this.#group();
      case '[':
        return { is: 'one', fits: this.#set() };
      case '\\':
        return { is: 'one', fits: this.#escaped() };
      default:
        return { is: 'one', fits: exactly(codeOf(character)) };
    }
  }

  #group(): Part {
    if (this.#take('?') && !this.#take(':')) throw this.#error('of (? only (?: is known');
    if (++this.#depth > deepest) throw this.#error(`more than ${deepest} groups within each other`);
    const part = this.#choice();
    if (!this.#take(')')) throw this.#error('a ) is missing');
    this.#depth--;
    return part;
  }

  #set(): (code: number) => boolean {
    const negated = this.#take('^');
    const of: ((code: number) => boolean)[] = [];
    while (of.length === 0 || this.#next !== ']') {
      const first = this.#setMember();
      if (typeof first !== 'number') of.push(first);
      else if (this.#next === '-' && this.#characters[this.#at + 1] !== ']') {
        this.#at++;
        const last = this.#setMember();
        if (typeof last !== 'number' || last < first) throw this.#error('a range in [ ] has no order');
        of.push(range(first, last));
      } else of.push(exactly(first));
    }
    this.#at++;
    return negated ? not(either(...of)) : either(...of);
  }

  #setMember(): number | ((code: number) => boolean) {
    const character = this.#next;
    if (character === undefined) throw this.#error('a ] is missing');
    if (character === '[') throw this.#error('a [ within [ ] needs a \\ before it');
    this.#at++;
    if (character !== '\\') return codeOf(character);
    const known = classes[this.#next ?? ''];
    if (!known) return this.#literal();
    this.#at++;
    return known;
  }

  #escaped(): (code: number) => boolean {
    const known = classes[this.#next ?? ''];
    if (!known) return exactly(this.#literal());
    this.#at++;
    return known;
  }

  /** What stands after a backslash and means itself. */
  #literal(): number {
    const character = this.#next;
    if (character === undefined) throw this.#error('nothing follows the \\');
    const control = written[character];
    if (control === undefined && /[\p{L}\p{N}]/u.test(character)) throw this.#error(`\\${character} is not known`);
    this.#at++;
    return codeOf(control ?? character);
  }
}
