import * as z from 'zod';
import type { DeepReadonly } from '../read-only.ts';
import { numberSchema, timeSchema, variableSchema } from './common.ts';
import { taskSchema } from './pipeline.ts';

export const attemptSchema = z
  .object({
    launch: numberSchema.describe('Number of the container, counted over the whole task.'),
    attempt: numberSchema.describe('Number of the attempt that `logs?attempt=` takes.'),
    started: timeSchema,
    ended: timeSchema,
    exit_code: z.int().nullable(),
    reason: z.string().optional().describe("Why it stopped, in the container engine's words."),
  })
  .meta({ id: 'Attempt' });

export const taskExecutionSchema = z
  .object({
    namespace_id: z.string(),
    pipeline_id: z.string(),
    run_id: numberSchema,
    task_id: z.string(),
    created: timeSchema,
    started: timeSchema,
    ended: timeSchema,
    exit_code: z.int().min(0).max(255).nullish(),
    logs_expired: z.boolean(),
    logs_removed: z.boolean(),
    state: z.enum(['unknown', 'processing', 'waiting', 'running', 'complete']),
    status: z.enum(['unknown', 'failed', 'successful', 'cancelled', 'skipped']),
    status_reason: z
      .object({
        reason: z.enum(['unknown', 'abnormal_exit', 'scheduler_error', 'failed_precondition', 'cancelled', 'orphaned']),
        description: z.string(),
      })
      .nullish(),
    variables: z.array(variableSchema),
    get task() {
      return taskSchema();
    },
    attempts: z.array(attemptSchema).optional().describe('Each container that was launched for the task.'),
    waiting_for: z.array(z.string()).optional().describe('Parents that are not complete.'),
    next_attempt: timeSchema.optional().describe('A further attempt, or launch, comes then at the earliest.'),
    postponed_because: z
      .string()
      .optional()
      .describe(
        'Why AWS has not launched it: there is no room, for instance. It is tried again, and no attempt is used up.',
      ),
    cancelling: z.boolean().optional(),
  })
  .meta({ id: 'TaskExecution' });

/** One task of one run, as the API gives it. */
export type TaskExecution = DeepReadonly<z.output<typeof taskExecutionSchema>>;
export type Attempt = DeepReadonly<z.output<typeof attemptSchema>>;
