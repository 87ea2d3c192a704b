import * as z from 'zod';
import type { DeepReadonly } from '../read-only.ts';
import { timeSchema } from './common.ts';

export const namespaceSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    created: timeSchema,
    modified: timeSchema,
  })
  .meta({ id: 'Namespace' });

/** A namespace as the API gives it. */
export type Namespace = DeepReadonly<z.output<typeof namespaceSchema>>;
