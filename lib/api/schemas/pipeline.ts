import * as z from 'zod';
import { once } from '../../once.ts';
import type { DeepReadonly } from '../read-only.ts';
import { numberSchema, timeSchema, variableSchema } from './common.ts';

export const metadataSchema = z
  .object({
    namespace_id: z.string(),
    pipeline_id: z.string(),
    created: timeSchema,
    modified: timeSchema,
    state: z.enum(['unknown', 'active', 'disabled']),
    managed_by: z
      .object({ stack: z.string() })
      .optional()
      .describe('The CDK stack that keeps this pipeline: changes are made there.'),
  })
  .meta({ id: 'Metadata' });

/** A pipeline without its config, as the API gives it. */
export type PipelineMetadata = DeepReadonly<z.output<typeof metadataSchema>>;

/** Made when somebody asks for the document: it has many fields. */
export const taskSchema = once(() =>
  z
    .object({
      id: z.string(),
      description: z.string(),
      image: z.string(),
      registry_auth: z
        .object({ user: z.string(), pass: z.string().describe('Never given back: always empty.') })
        .nullish(),
      depends_on: z.record(z.string(), z.enum(['unknown', 'any', 'success', 'failure'])),
      variables: z.array(variableSchema),
      entrypoint: z.array(z.string()).nullish(),
      command: z.array(z.string()).nullish(),
      inject_api_token: z.boolean(),
      always_pull_newest_image: z.boolean(),
      cpu: z.int().optional().describe('CPU units: 1024 is one vCPU.'),
      memory: z.int().optional().describe('MiB.'),
      architecture: z.enum(['x86_64', 'arm64']).optional(),
      timeout: z.int().optional().describe('Seconds an attempt may run.'),
      retry: z
        .object({
          attempts: z.int(),
          interval: z.number(),
          rate: z.number(),
          exit_codes: z.array(z.int()).optional(),
        })
        .optional(),
      allow_failure: z.boolean().optional(),
      stop_timeout: z.int().optional().describe('Seconds between SIGTERM and SIGKILL.'),
      role: z.string().optional().describe("IAM role of its containers on AWS, in place of the pipeline's."),
    })
    .meta({ id: 'Task' }),
);

export const configSchema = z
  .object({
    namespace_id: z.string(),
    pipeline_id: z.string(),
    version: numberSchema,
    parallelism: z.int().nonnegative(),
    name: z.string(),
    description: z.string(),
    get tasks() {
      return z.record(z.string(), taskSchema());
    },
    state: z.enum(['unknown', 'unreleased', 'live', 'deprecated']),
    registered: timeSchema,
    deprecated: timeSchema,
    timeout: z.int().optional().describe('Seconds a run may take.'),
    schedule: z.array(z.string()).optional().describe('Cron expressions of 5 fields, in UTC.'),
    role: z.string().optional().describe('IAM role that containers have on AWS.'),
  })
  .meta({ id: 'Config' });

/** One registered version of a pipeline, as the API gives it. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;
