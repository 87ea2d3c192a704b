import * as z from 'zod';
import type { DeepReadonly } from '../read-only.ts';
import { timeSchema, variableSchema } from './common.ts';

const parameterSchema = z
  .object({ key: z.string(), required: z.boolean(), documentation: z.string() })
  .meta({ id: 'Parameter' });

const documentationSchema = z
  .object({
    config_params: z.array(parameterSchema),
    pipeline_subscription_params: z.array(parameterSchema),
    body: z.string(),
  })
  .meta({ id: 'Documentation' });

const registryAuthSchema = z.object({ user: z.string(), pass: z.string() }).meta({ id: 'RegistryAuth' });

const registrationSchema = z
  .object({
    extension_id: z.string(),
    image: z.string(),
    entrypoint: z.array(z.string()).optional(),
    command: z.array(z.string()).optional(),
    registry_auth: registryAuthSchema.nullish().describe('Never given back.'),
    settings: z.array(variableSchema),
    additional_roles: z.array(z.string()),
    status: z.enum(['unknown', 'enabled', 'disabled']).meta({ id: 'extension_status' }),
    created: timeSchema,
    modified: timeSchema,
  })
  .meta({ id: 'Registration' });

export const extensionSchema = z
  .object({
    registration: registrationSchema,
    url: z.string().describe('Where the server reaches it; empty while it does not run.'),
    started: timeSchema,
    state: z.enum(['unknown', 'processing', 'running', 'exited']).meta({ id: 'extension_state' }),
    reason: z.string().optional().describe('Why it does not run.'),
    documentation: documentationSchema,
  })
  .meta({ id: 'Extension' });

export const installRequestSchema = z
  .strictObject({
    id: z.string(),
    image: z.string(),
    entrypoint: z.array(z.string()).nullish().describe("Replaces the image's own."),
    command: z.array(z.string()).nullish().describe("Replaces the image's own; without Docker it is what runs."),
    settings: z.record(z.string(), z.string()).describe('Variables of the container, by their names in any case.'),
    registry_auth: registryAuthSchema.nullish().meta({ writeOnly: true }),
    additional_roles: z.array(z.string()).nullish(),
  })
  .meta({ id: 'InstallExtensionRequest' });

/** What installs an extension. */
export type InstallRequest = DeepReadonly<z.input<typeof installRequestSchema>>;

/** An extension as the API gives it. */
export type Extension = DeepReadonly<z.output<typeof extensionSchema>>;
