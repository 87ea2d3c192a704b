import * as z from 'zod';
import type { DeepReadonly } from '../read-only.ts';
import { timeSchema } from './common.ts';

export const tokenSchema = z
  .object({
    id: z.string(),
    created: timeSchema,
    metadata: z.record(z.string(), z.string()),
    expires: timeSchema,
    disabled: z.boolean(),
    user: z.string(),
    roles: z.array(z.string()),
    last_used: timeSchema.optional().describe('When it was last seen, to the hour; absent: never.'),
  })
  .meta({ id: 'Token' });

/** A token as the API gives it: its secret is shown once, when it is made. */
export type Token = DeepReadonly<z.output<typeof tokenSchema>>;
