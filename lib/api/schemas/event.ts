import * as z from 'zod';
import type { EventDetails, EventKind, ExtendedDetails } from '../../events/kind.ts';
import type { DeepReadonly } from '../read-only.ts';
import { timeSchema } from './common.ts';

const id = z.string();
const number = z.int().nonnegative();
const pipeline = { namespace_id: id, pipeline_id: id };
const deployment = { ...pipeline, start_version: number, end_version: number };
const run = { ...pipeline, run_id: number };
const task = { ...run, task_execution_id: id };
const extension = { id, image: z.string() };
const token = { token_id: id, user: z.string(), by_token_id: id.optional() };
const subscription = { ...pipeline, extension_id: id, subscription_id: id };

/** What each kind of event carries that Gofer's clients know. */
const contractKinds = {
  created_namespace: { namespace_id: id },
  deleted_namespace: { namespace_id: id },
  disabled_pipeline: pipeline,
  enabled_pipeline: pipeline,
  created_pipeline: pipeline,
  deleted_pipeline: pipeline,
  started_deployment: deployment,
  completed_deployment: deployment,
  queued_run: run,
  started_run: run,
  completed_run: { ...run, status: z.enum(['unknown', 'failed', 'successful', 'cancelled']) },
  started_run_cancellation: run,
  created_task_execution: task,
  started_task_execution: task,
  completed_task_execution: { ...task, status: z.enum(['unknown', 'failed', 'successful', 'cancelled', 'skipped']) },
  started_task_execution_cancellation: { ...task, timeout: number },
  installed_extension: extension,
  uninstalled_extension: extension,
  enabled_extension: extension,
  disabled_extension: extension,
  pipeline_extension_subscription_registered: subscription,
  pipeline_extension_subscription_unregistered: subscription,
  created_role: { role_id: id },
  deleted_role: { role_id: id },
} satisfies Record<keyof EventDetails, z.ZodRawShape>;

/** Of the kinds that only those get who ask for them. */
const extendedKinds = {
  attached_task_execution: { ...task, program: z.string(), token_id: id },
  created_token: token,
  deleted_token: token,
  disabled_token: token,
  enabled_token: token,
  updated_role: { role_id: id, by_token_id: id.optional() },
} satisfies Record<keyof ExtendedDetails, z.ZodRawShape>;

const kinds = { ...contractKinds, ...extendedKinds };

/** Names of the kinds, as filters take them. */
export const kindNames = Object.keys(kinds);
export const extendedKindNames: readonly string[] = Object.keys(extendedKinds);

/** `{"started_run": {"namespace_id": …}}`: the kind is the one key. Made in a loop, so its type has to be told. */
const kindSchemaOf = (of: Readonly<Record<string, z.ZodRawShape>>, id: string) =>
  z
    .union([
      z.literal('any'),
      ...Object.entries(of).map(([kind, fields]) => z.strictObject({ [kind]: z.object(fields) })),
    ])
    .meta({ id }) as z.ZodType as z.ZodType<'any' | EventKind, 'any' | EventKind>;

type KindSchema = ReturnType<typeof kindSchemaOf>;

/** Of a kind that every client knows. Kinds are many: their schemas are made when somebody asks for them. */
export const eventSchema = z
  .object({
    id: z.string(),
    get kind(): KindSchema {
      return kindSchemaOf(contractKinds, 'Kind');
    },
    emitted: timeSchema,
  })
  .meta({ id: 'Event' });

/** Of any kind: for clients that have asked for the others too. */
export const extendedEventSchema = eventSchema
  .extend({
    get kind(): KindSchema {
      return kindSchemaOf(kinds, 'ExtendedKind');
    },
  })
  .meta({ id: 'ExtendedEvent' });

/** An event as the API gives it. */
export type Event = DeepReadonly<z.output<typeof eventSchema>>;
