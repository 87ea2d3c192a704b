/** What zod found wrong, as problems in the words of a pipeline config. */
import type { z } from 'zod';
import { similarImage } from './image.ts';
import { type Problem, writePath } from './problem.ts';
import { didYouMean } from './suggestion.ts';

/** Other tools' words for our fields, farther from them than a typing error. */
const aliases: Readonly<Record<string, string>> = {
  env: 'variables',
  environment: 'variables',
  vars: 'variables',
  needs: 'depends_on',
  dependencies: 'depends_on',
  cmd: 'command',
  args: 'command',
  script: 'command',
  retries: 'retry',
  title: 'name',
  jobs: 'tasks',
  steps: 'tasks',
  concurrency: 'parallelism',
  amd64: 'x86_64',
  x64: 'x86_64',
  aarch64: 'arm64',
};

const expectations: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** A value as an error shows it: short, and with its type where that is the point. */
export function writeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value);
  if (typeof value === 'number') return `the number ${value}`;
  if (Array.isArray(value)) return 'a list';
  if (value === null || typeof value !== 'object') return String(value);
  return 'an object';
}

/** `fieldsAt` gives the fields that the object at a path may have. */
export function problemsOf(
  issue: z.core.$ZodIssue,
  input: unknown,
  fieldsAt: (path: readonly PropertyKey[]) => readonly string[],
): Problem[] {
  const { subject, field } = describe(issue.path, input);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      problem([...issue.path, key], `${subject}unknown field "${key}"`, suggest(key, fieldsAt(issue.path))),
    );
  const value = at(input, issue.path);
  if (issue.path.includes('registry_auth') && value !== undefined)
    return [problem(issue.path, `${subject}${field} ${untold(issue)}`, undefined)];
  const found = wrong(issue, value);
  return [problem(issue.path, `${subject}${field} ${found.message}`, found.suggestion)];
}

/** Without the value: a password that stands in the wrong place, or isn't in quotes, is one all the same. */
const untold = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' ? `must be ${expectations[issue.expected] ?? issue.expected}` : issue.message;

function wrong(issue: z.core.$ZodIssue, value: unknown): { message: string; suggestion?: string | undefined } {
  const is = `is ${writeValue(value)}`;
  switch (issue.code) {
    case 'invalid_type': {
      if (value === undefined) return { message: 'is missing' };
      const scalar = issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean');
      return {
        message: `${is}; must be ${expectations[issue.expected] ?? issue.expected}`,
        suggestion: scalar ? `write "${value}" in quotes` : undefined,
      };
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const listed = [...new Set(allowed.map((each) => each.toLowerCase()))].join(', ');
      return {
        message: `${is}; allowed: ${listed}`,
        suggestion: typeof value === 'object' ? undefined : suggest(String(value), allowed),
      };
    }
    case 'too_small':
      if (issue.origin === 'array') return { message: 'is empty; at least one is needed' };
      return { message: `is ${value}; allowed: ${issue.minimum} or more` };
    case 'too_big':
      return { message: `is ${value}; allowed: ${issue.maximum} or less` };
    default: {
      const own: unknown = issue.code === 'custom' ? issue.params?.['suggestion'] : undefined;
      if (typeof own === 'string') return { message: issue.message, suggestion: own };
      const similar = issue.path.at(-1) === 'image' && typeof value === 'string' ? similarImage(value) : undefined;
      return { message: issue.message, suggestion: similar && `did you mean "${similar}"?` };
    }
  }
}

function suggest(word: string, candidates: readonly string[]): string | undefined {
  const alias = aliases[word.toLowerCase()];
  return alias && candidates.includes(alias) ? `did you mean "${alias}"?` : didYouMean(word, candidates);
}

/** `tasks[0].retry.attempts` is `retry.attempts` of `task "build"`; the pipeline's own fields stand alone. */
function describe(path: readonly PropertyKey[], input: unknown): { subject: string; field: string } {
  if (path[0] !== 'tasks' || path.length < 2) return { subject: '', field: writePath(path) || 'it' };
  const id = at(input, ['tasks', path[1] ?? 0, 'id']);
  const subject = typeof id === 'string' && path[2] !== 'id' ? `task ${writeValue(id)}: ` : '';
  return { subject, field: writePath(path.slice(2)) || 'it' };
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}

const problem = (path: readonly PropertyKey[], message: string, suggestion: string | undefined): Problem => ({
  path: writePath(path),
  message,
  ...(suggestion && { suggestion }),
});
