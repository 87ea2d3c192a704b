import * as z from 'zod';
import type { DeepReadonly } from '../read-only.ts';

export const subscriptionSchema = z
  .object({
    namespace_id: z.string(),
    pipeline_id: z.string(),
    extension_id: z.string(),
    subscription_id: z.string(),
    settings: z.record(z.string(), z.string()),
    status: z.enum(['unknown', 'active', 'error', 'disabled']).meta({ id: 'subscription_status' }),
    status_reason: z
      .object({
        reason: z.enum(['unknown', 'not_found', 'failed']).meta({ id: 'subscription_status_reason_type' }),
        description: z.string(),
      })
      .meta({ id: 'subscription_status_reason' })
      .nullish(),
  })
  .meta({ id: 'Subscription' });

/** A subscription as the API gives it. */
export type Subscription = DeepReadonly<z.output<typeof subscriptionSchema>>;
