/** Paths that several nouns begin with, and what they name. Apart from the operations: whoever has one path needs no others. */
import * as z from 'zod';

export const pipelineParams = z.object({ namespace_id: z.string(), pipeline_id: z.string() });
export const pipelinePath = '/api/namespaces/{namespace_id}/pipelines/{pipeline_id}';

export const runParams = pipelineParams.extend({ run_id: z.int().nonnegative() });
export const runPath = `${pipelinePath}/runs/{run_id}`;

/** The run that a path names. */
export const runOf = (params: z.output<typeof runParams>) => ({
  namespace: params.namespace_id,
  pipeline: params.pipeline_id,
  number: params.run_id,
});

export const taskParams = runParams.extend({ task_id: z.string() });
export const taskPath = `${runPath}/tasks/{task_id}`;

/** The task that a path names. */
export const taskOf = (params: z.output<typeof taskParams>) => ({ ...runOf(params), task: params.task_id });

export const extensionParams = z.object({ extension_id: z.string() });
export const extensionPath = '/api/extensions/{extension_id}';
