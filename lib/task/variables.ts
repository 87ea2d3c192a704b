/** Environment of a task: system, then task, then run variables; the later wins. Keys are upper-cased. */
import type { TaskConfig } from '../pipeline/config.ts';
import type { RunItem, Variable } from '../run/run.ts';

/** Of a run, what its containers are told. */
export type RunVariables = Pick<RunItem, 'namespace' | 'pipeline' | 'number' | 'variables'>;

export function variablesOf(run: RunVariables, task: TaskConfig): Variable[] {
  const merged = new Map<string, Variable>();
  const add = (source: Variable['source'], values: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(values)) {
      const key = name.toUpperCase();
      merged.set(key, { key, value, source });
    }
  };
  add('system', {
    GOFER_NAMESPACE_ID: run.namespace,
    GOFER_PIPELINE_ID: run.pipeline,
    GOFER_RUN_ID: String(run.number),
    GOFER_TASK_ID: task.id,
    GOFER_TASK_IMAGE: task.image,
  });
  add('pipeline_config', task.variables);
  add('run_options', run.variables);
  return [...merged.values()];
}
