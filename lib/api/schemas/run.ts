import * as z from 'zod';
import type { DeepReadonly } from '../read-only.ts';
import { initiatorSchema, numberSchema, timeSchema, variableSchema } from './common.ts';

export const runSchema = z
  .object({
    namespace_id: z.string(),
    pipeline_id: z.string(),
    pipeline_config_version: numberSchema,
    run_id: numberSchema,
    started: timeSchema,
    ended: timeSchema,
    state: z.enum(['unknown', 'pending', 'running', 'complete']).describe('Progress; the outcome is `status`.'),
    status: z.enum(['unknown', 'failed', 'successful', 'cancelled']),
    status_reason: z
      .object({
        reason: z.enum([
          'unknown',
          'abnormal_exit',
          'scheduler_error',
          'failed_precondition',
          'user_cancelled',
          'admin_cancelled',
        ]),
        description: z.string(),
      })
      .nullish(),
    initiator: initiatorSchema,
    variables: z.array(variableSchema),
    token_id: z.string().nullish(),
    store_objects_expired: z.boolean(),
    event_id: z.string().nullish(),
    created: timeSchema.optional().describe('When the run was asked for.'),
    cancelling: z.boolean().optional().describe('True from a cancel until the last container is gone.'),
    queue_position: z.int().positive().optional().describe('Of a pending run: 1 is the next to start.'),
  })
  .meta({ id: 'Run' });

/** A run as the API gives it. */
export type Run = DeepReadonly<z.output<typeof runSchema>>;
