/**
 * The one description of a pipeline config: from it come validation, the types of what users write, and JSON Schema.
 * It reads what Gofer's own clients send (the contract's `Pipeline`) and the further fields of this project.
 */
import * as z from 'zod';
import { once } from '../once.ts';
import type { PipelineConfig, TaskConfig } from './config.ts';
import * as field from './fields.ts';
import { problemsOf } from './issue.ts';
import { furtherProblems, InvalidPipelineError, type Problem } from './problem.ts';
import { relationProblems } from './relation.ts';
import { wholeSize } from './size.ts';

/** Made when the first pipeline is read: it takes longer than all else that a function loads of this project. */
const schemas = once(() => {
  const registryAuth = z.strictObject({ user: z.string(), pass: z.string() });

  const retry = field.retry();

  const taskFields = z.strictObject({
    id: field.taskId(),
    description: field.defaulting(z.string(), ''),
    image: field.image().describe('[registry/]name[:tag][@digest]'),
    entrypoint: field.words().describe("Replaces the image's entrypoint."),
    command: field.words().describe("Replaces the image's command."),
    depends_on: field.dependencies().describe('Task id → how it must have ended for this task to run.'),
    variables: field.variables().describe('Environment variables. Values may name secrets and objects.'),
    inject_api_token: field.defaulting(z.boolean(), false).describe('Puts an API token into GOFER_TOKEN.'),
    always_pull_newest_image: field.defaulting(z.boolean(), false),
    registry_auth: field.optional(registryAuth),
    cpu: field.optional(z.int()).describe('CPU units, 1024 is 1 vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384.'),
    memory: field.optional(z.int()).describe('MiB, as Fargate pairs them with cpu.'),
    architecture: field.optional(z.enum(['x86_64', 'arm64'])),
    timeout: field.optional(field.taskTimeout()).describe('How long an attempt may run, at most 7d. Default 24h.'),
    retry: field.optional(retry),
    allow_failure: field.optional(z.boolean()).describe('A failure stays visible but does not fail the run.'),
    stop_timeout: field.optional(field.stopTimeout()).describe('From SIGTERM to SIGKILL, 2s to 120s.'),
    role: field.optional(field.role()).describe("IAM role of its containers on AWS, in place of the pipeline's."),
  });

  const taskSchema = taskFields.transform(
    ({ cpu, memory, retry, ...task }): TaskConfig => ({
      ...withoutUndefined(task),
      ...(retry && { retry: withoutUndefined(retry) }),
      ...(cpu === undefined && memory === undefined ? {} : wholeSize(cpu, memory)),
    }),
  );

  const pipelineFields = z.strictObject({
    id: field.pipelineId(),
    name: field.optional(z.string()).describe('For people. Default: the id.'),
    description: field.defaulting(z.string(), ''),
    parallelism: field.defaulting(z.int().min(0), 0).describe('Runs at once; 0 is no limit.'),
    timeout: field.optional(field.pipelineTimeout()).describe('How long a run may take from its start.'),
    schedule: field
      .optional(field.schedule())
      .describe(
        'Cron expressions of 5 fields, in UTC: a run of the live version starts at each minute that one names.',
      ),
    role: field
      .optional(field.role())
      .describe('IAM role that containers have on AWS: a name or an ARN. Default: none.'),
    tasks: z.preprocess((tasks) => tasks ?? [], z.array(taskSchema).min(1)),
  });

  const pipeline = pipelineFields.transform(
    ({ name, ...pipeline }): PipelineConfig => ({ ...withoutUndefined(pipeline), name: name || pipeline.id }),
  );
  return { pipeline, pipelineFields, taskFields, retry, registryAuth };
});

/** Reads a pipeline as users and clients write it; its output is the normalised config. Relations are `parsePipeline`'s. */
export const pipelineSchema = () => schemas().pipeline;

/** A pipeline as it may be written. */
export type PipelineInput = z.input<ReturnType<typeof pipelineSchema>>;

/** JSON Schema of a pipeline as it may be written: for the API's document, and for editors. */
export const pipelineJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(pipelineSchema(), { io: 'input', target: 'draft-2020-12' });

/** More than these help nobody; how many more there are is told. */
const mostProblems = 100;

/**
 * The normalised config, or everything that is wrong with what was written.
 *
 * @example parsePipeline({ id: 'build', tasks: [{ id: 'test', image: 'busybox' }] })
 */
export function parsePipeline(input: unknown): { config: PipelineConfig } | { problems: Problem[] } {
  const parsed = pipelineSchema().safeParse(input);
  const issues = parsed.error?.issues ?? [];
  const told = issues.slice(0, mostProblems).flatMap((issue) => problemsOf(issue, input, fieldsAt));
  const relations = relationProblems(input);
  const found = [...told, ...relations.problems].sort((a, b) => taskIndex(a) - taskIndex(b));
  const untold = issues.slice(mostProblems).reduce((sum, issue) => sum + countOf(issue), relations.more);
  const more = untold + Math.max(0, found.length - mostProblems);
  const problems = [...found.slice(0, mostProblems), ...furtherProblems(more)];
  return parsed.success && problems.length === 0 ? { config: parsed.data } : { problems };
}

/** As `problemsOf` would tell it. */
const countOf = (issue: z.core.$ZodIssue) => (issue.code === 'unrecognized_keys' ? issue.keys.length : 1);

/** The normalised config. Throws `InvalidPipelineError` with every problem. */
export function checkPipeline(input: unknown): PipelineConfig {
  const result = parsePipeline(input);
  if ('config' in result) return result.config;
  const id = typeof input === 'object' && input !== null && 'id' in input ? input.id : undefined;
  throw new InvalidPipelineError(typeof id === 'string' ? `pipeline "${id}"` : 'the pipeline', result.problems);
}

/** Problems are told in the order of the tasks, after those of the pipeline itself. */
const taskIndex = ({ path }: Problem) => Number(/^tasks\[(\d+)\]/.exec(path)?.[1] ?? -1);

function fieldsAt(path: readonly PropertyKey[]): string[] {
  const { pipelineFields, taskFields, retry, registryAuth } = schemas();
  if (path.length === 0) return Object.keys(pipelineFields.shape);
  if (path.length === 2) return Object.keys(taskFields.shape);
  return Object.keys(path.at(-1) === 'retry' ? retry.shape : registryAuth.shape);
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the fields that weren't written. */
function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
