import * as z from 'zod';
import type { DeepReadonly } from '../read-only.ts';
import { timeSchema } from './common.ts';

export const secretSchema = z
  .object({
    key: z.string(),
    namespaces: z.array(z.string()).describe('Regular expressions: the namespaces whose pipelines may use it.'),
    created: timeSchema,
  })
  .meta({ id: 'Secret' });

/** What may be known of a secret by everybody who may see that it exists. */
export type Secret = DeepReadonly<z.output<typeof secretSchema>>;
