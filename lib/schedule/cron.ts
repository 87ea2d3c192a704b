/**
 * Cron expressions, as the field `schedule` of a pipeline takes them: minute, hour, day of the month, month, day of the
 * week, in UTC. They are read strictly, so that the same text means the same minutes in both homes.
 */
import { didYouMean } from '../pipeline/suggestion.ts';

/** The times an expression names. Numbers are sorted; a day field written as `*` leaves the days to the other one. */
export type Cron = {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[] | '*';
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[] | '*';
};

export type CronProblem = { readonly message: string; readonly suggestion?: string };

type Field = {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Words for numbers, the first for `least`. */
  readonly names?: readonly string[];
  /** 0 and 7 are both Sunday. */
  readonly cycle?: number;
};

const fields = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  {
    name: 'month',
    least: 1,
    most: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  {
    name: 'day of the week',
    least: 0,
    most: 7,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
    cycle: 7,
  },
] as const satisfies readonly Field[];

const aliases: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const layout = 'minute, hour, day of the month, month, day of the week';

/** One form for what was written: single blanks, aliases such as `@daily` spelled out. */
export function writeCron(text: string): string {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  return aliases[trimmed.toLowerCase()] ?? trimmed;
}

/** Reads an expression, or tells everything that is wrong with it. */
export function parseCron(text: string): { readonly cron: Cron } | { readonly problems: CronProblem[] } {
  const written = writeCron(text);
  const words = written.split(' ');
  if (words.length !== fields.length || written.startsWith('@')) return { problems: [notFiveFields(written, words)] };

  const problems: CronProblem[] = [];
  const numbers = fields.map((field, i) => {
    const read = readField(field, words[i] ?? '');
    problems.push(...read.problems);
    return read.numbers;
  });
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = numbers;
  const [, , dayWord = '', , weekdayWord = ''] = words;
  const cron: Cron = {
    minutes,
    hours,
    days: dayWord === '*' ? '*' : days,
    months,
    weekdays: weekdayWord === '*' ? '*' : weekdays,
  };
  if (problems.length === 0) problems.push(...relationProblems(cron, dayWord, weekdayWord));
  return problems.length ? { problems } : { cron };
}

/** An expression that was checked when its pipeline was. */
export function readCron(text: string): Cron {
  const parsed = parseCron(text);
  if ('cron' in parsed) return parsed.cron;
  throw new RangeError(`cron "${text}" ${parsed.problems.map(({ message }) => message).join('; ')}`);
}

function notFiveFields(written: string, words: readonly string[]): CronProblem {
  const aws = /^cron\((.*)\)$/i.exec(written);
  if (aws)
    return {
      message: `it is in EventBridge's form; allowed: 5 fields (${layout}), the days of the week from 0, Sunday`,
    };
  if (written.startsWith('@')) {
    const suggestion = didYouMean(written, Object.keys(aliases));
    return {
      message: `it is no time that repeats by the calendar; allowed: 5 fields, or ${Object.keys(aliases).join(', ')}`,
      ...(suggestion && { suggestion }),
    };
  }
  const count = written === '' ? 'it is empty' : `it has ${words.length} ${words.length === 1 ? 'field' : 'fields'}`;
  const allowed = `allowed: 5 (${layout})`;
  if (words.length !== 6) return { message: `${count}; ${allowed}` };
  return {
    message: `${count}; ${allowed}: seconds are not supported, a minute is the finest`,
    suggestion: `without the seconds it is "${words.slice(1).join(' ')}"`,
  };
}

function readField(field: Field, word: string): { numbers: number[]; problems: CronProblem[] } {
  const problems: CronProblem[] = [];
  const numbers = new Set<number>();
  for (const part of word.split(',')) {
    const read = readPart(field, part);
    if ('message' in read) problems.push(read);
    else for (const number of read.numbers) numbers.add(number);
  }
  return { numbers: [...numbers].sort((a, b) => a - b), problems };
}

/** `*`, `5`, `MON`, `1-5`, `22-4` (over the end), each range also with a step: `*` and `/15`, `8-18/2`. */
function readPart(field: Field, part: string): { readonly numbers: number[] } | CronProblem {
  const [range = '', step, ...more] = part.split('/');
  const [from = '', to, ...further] = range.split('-');
  if (part === '' || more.length || further.length) return unreadable(field, part);
  const first = range === '*' ? field.least : numberOf(field, from);
  const last = range === '*' ? lastOf(field) : to === undefined ? first : numberOf(field, to);
  if (range !== '*' && [from, to].includes('')) return unreadable(field, part);
  if (typeof first === 'object') return first;
  if (typeof last === 'object') return last;
  if (step === undefined) return { numbers: count(field, first, last, 1) };
  if (range !== '*' && to === undefined)
    return {
      message: `${field.name} "${part}" has a step without a range`,
      suggestion: `write "${from}-${lastOf(field)}/${step}"`,
    };
  const size = lastOf(field) - field.least + 1;
  if (!/^\d{1,2}$/.test(step) || Number(step) < 1 || Number(step) >= size)
    return { message: `${field.name} "${part}" has the step "${step}"; allowed: 1 to ${size - 1}` };
  return { numbers: count(field, first, last, Number(step)) };
}

/** The highest number that isn't another name of the lowest. */
const lastOf = ({ most, least, cycle }: Field) => (cycle === undefined ? most : least + cycle - 1);

/** From `first` to `last` in steps; when `last` comes before `first`, over the end of the field. */
function count(field: Field, first: number, last: number, step: number): number[] {
  const size = lastOf(field) - field.least + 1;
  const end = last < first ? last + size : last;
  const numbers: number[] = [];
  for (let n = first; n <= end; n += step) numbers.push(field.least + ((n - field.least) % size));
  return numbers;
}

function numberOf(field: Field, word: string): number | CronProblem {
  const { name, least, most, names = [] } = field;
  const named = names.indexOf(word.toUpperCase());
  if (named >= 0) return least + named;
  if (/^\d+$/.test(word)) {
    const number = Number(word);
    return number >= least && number <= most
      ? number
      : { message: `${name} ${number} is out of range; allowed: ${least} to ${most}` };
  }
  const similar = names.find((each) => word.toUpperCase().startsWith(each));
  const suggestion = similar ? `did you mean "${similar}"?` : didYouMean(word, names);
  return { ...unreadable(field, word), ...(suggestion && { suggestion }) };
}

function unreadable({ name, least, most, names }: Field, part: string): CronProblem {
  const words = names ? `, ${names[0]} to ${names.at(-1)}` : '';
  return {
    message: `${name} "${part}" can't be read; allowed: ${least} to ${most}${words}, *, lists (1,5), ranges (1-5), steps (*/2)`,
    ...(part === '?' && { suggestion: 'write *' }),
  };
}

/** The longest each month gets, January first. */
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function relationProblems(cron: Cron, dayWord: string, weekdayWord: string): CronProblem[] {
  const both = cron.days !== '*' && cron.weekdays !== '*';
  if (both && [dayWord, weekdayWord].some((word) => word.startsWith('*')))
    return [
      {
        message: `day of the month "${dayWord}" with day of the week "${weekdayWord}" means "either" to some programs and "both" to others`,
        suggestion: 'write a range with the step, such as "1-31/2": then a day counts when either field names it',
      },
    ];
  if (both || cron.days === '*') return [];
  const first = Math.min(...cron.days);
  if (cron.months.some((month) => first <= (longest[month - 1] ?? 0))) return [];
  return [{ message: `it never comes: no month that it names has a day ${first}` }];
}
