/** The fields of a pipeline config: what each may hold, what it becomes, and how a wrong value is told. */
import * as z from 'zod';
import { parseCron, writeCron } from '../schedule/cron.ts';
import { mostCrons } from '../schedule/most-crons.ts';
import type { ParentCondition } from './config.ts';
import { durationPattern, secondsOf, writeDuration } from './duration.ts';
import { isImageReference } from './image.ts';
import { writeValue } from './issue.ts';
import { rolePattern } from './role.ts';

/** Optional as in the contract: absent and null are the same. */
export const optional = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);

/** Optional with a value that stands for absent and null. */
export const defaulting = <S extends z.ZodType>(schema: S, fallback: z.output<S>) =>
  schema.nullish().transform((value) => value ?? fallback);

const idError = (allowed: string) => ({
  error: ({ input }: { readonly input: unknown }) => `is ${writeValue(input)}; allowed: 3 to 32 ${allowed}`,
});

export const pipelineId = () => z.string().regex(/^[A-Za-z0-9-]{3,32}$/, idError('letters, digits and hyphens'));

/** Unlike those of pipelines, ids of tasks hold underscores in the wild. They are keys of maps: no key may be built in. */
export const taskId = () =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]{3,32}$/, idError('letters, digits, hyphens and underscores'))
    .refine((id) => !(id in Object.prototype), { error: ({ input }) => `is ${writeValue(input)}, which is reserved` });

export const image = () =>
  z.string().refine(isImageReference, {
    error: ({ input }) =>
      `is ${writeValue(input)}, which is not an image reference; allowed: [registry/]name[:tag][@digest], the name in lower case`,
  });

/** No program can be given a NUL character. */
const text = () => z.string().refine((value) => !value.includes('\0'), { error: 'holds a NUL character' });

/** An empty list says nothing: it is the same as none. */
export const words = () => optional(z.array(text())).transform((list) => (list?.length ? list : undefined));

export const variables = () => defaulting(z.record(z.string(), text()), {});

export const dependencies = () =>
  defaulting(
    z.record(
      z.string(),
      z
        .enum(['Any', 'Success', 'Failure', 'any', 'success', 'failure'])
        .transform((condition) => condition.toLowerCase() as ParentCondition),
    ),
    {},
  );

const notDuration = {
  error: ({ input }: { readonly input: unknown }) =>
    `is ${writeValue(input)}; allowed: whole seconds, or a whole number with s, m, h or d, such as "90s" or "5m"`,
};

/** Whole seconds, or text like `"5m"`, within a range; becomes seconds. */
export const duration = (least: number, most: number) =>
  z
    .union([z.int(notDuration).min(0, notDuration), z.string().regex(durationPattern, notDuration)], notDuration)
    .transform((value) => secondsOf(value) ?? Number.NaN)
    .refine((seconds) => seconds >= least && seconds <= most, {
      error: ({ input }) =>
        `is ${writeDuration(Number(input))}; allowed: ${writeDuration(least)} to ${writeDuration(most)}`,
    });

const day = 86_400;

export const retry = () =>
  z.strictObject({
    attempts: z.int().min(1).max(10).describe('Launches in all, the first included.'),
    interval: defaulting(duration(1, 3600), 10).describe('Before the second attempt. Default 10s.'),
    rate: defaulting(z.number().min(1).max(10), 2).describe(
      'Each further interval is the one before times this, at most 1h. Default 2.',
    ),
    exit_codes: optional(
      z
        .array(z.int().min(1).max(255))
        .min(1)
        .transform((codes) => [...new Set(codes)].sort((a, b) => a - b)),
    ).describe('Only these exit codes are tried again. Default: every failure.'),
  });

/** A week, as the cap of one container's life. */
export const taskTimeout = () => duration(1, 7 * day);

/** Step Functions ends every execution after a year. */
export const pipelineTimeout = () => duration(1, 365 * day);

/** Fargate's range. */
export const stopTimeout = () => duration(2, 120);

export const role = () =>
  z.string().regex(rolePattern, {
    error: ({ input }) =>
      `is ${writeValue(input)}; allowed: the name of an IAM role, or its ARN as "arn:aws:iam::123456789012:role/reports"`,
  });

const notSchedule = {
  error: ({ input }: { readonly input: unknown }) => {
    const allowed = `allowed: a cron expression such as "0 3 * * MON-FRI", or a list of 1 to ${mostCrons} of them`;
    if (!Array.isArray(input)) return `is ${writeValue(input)}; ${allowed}`;
    const other = input.findIndex((each) => typeof each !== 'string');
    return other < 0 ? `has ${input.length} entries; ${allowed}` : `has ${writeValue(input[other])}; ${allowed}`;
  },
};

/** Cron expressions, in UTC: one or a list, which becomes a list without repetition. */
export const schedule = () =>
  z.union([z.string(), z.array(z.string()).min(1).max(mostCrons)], notSchedule).transform((written, { addIssue }) => {
    for (const [i, text] of [written].flat().entries()) {
      const parsed = parseCron(text);
      if (!('problems' in parsed)) continue;
      for (const { message, suggestion } of parsed.problems)
        addIssue({
          code: 'custom',
          message: `is ${writeValue(text)}: ${message}`,
          path: typeof written === 'string' ? [] : [i],
          params: { suggestion },
          input: text,
        });
    }
    return [...new Set([written].flat().map(writeCron))];
  });
