import * as z from 'zod';
import type { DeepReadonly } from '../read-only.ts';
import { numberSchema, timeSchema } from './common.ts';
import { eventSchema } from './event.ts';

export const deploymentSchema = z
  .object({
    namespace_id: z.string(),
    pipeline_id: z.string(),
    deployment_id: numberSchema,
    start_version: numberSchema,
    end_version: numberSchema,
    started: timeSchema,
    ended: timeSchema,
    state: z.enum(['Unknown', 'Running', 'Complete']),
    status: z.enum(['Unknown', 'Failed', 'Successful']),
    status_reason: z.object({ reason: z.enum(['Unknown']), description: z.string() }).nullish(),
    logs: z.array(eventSchema),
  })
  .meta({ id: 'Deployment' });

/** A deployment as the API gives it. */
export type Deployment = DeepReadonly<z.output<typeof deploymentSchema>>;
