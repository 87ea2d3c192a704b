import * as z from 'zod';
import { getRunTask, getRunTasks } from '../../run/runs.ts';
import { cancelTask } from '../../task/cancel.ts';
import { operation } from '../operation.ts';
import { paged, pageOf, pageSchema } from '../page.ts';
import { runOf, runParams, runPath, taskOf, taskParams, taskPath } from '../paths.ts';
import { taskExecutionSchema } from '../schemas/task-execution.ts';
import { taskExecutionView } from '../views/task-execution.ts';

export const taskExecutions = [
  operation({
    operationId: 'list_task_executions',
    method: 'GET',
    path: `${runPath}/tasks`,
    summary: "List a run's tasks, in the order of the config",
    access: { resource: 'runs', action: 'read' },
    params: runParams,
    query: pageSchema,
    status: 200,
    response: z.object({ task_executions: z.array(taskExecutionSchema) }),
    handler: async (home, { params, query }) => {
      const loaded = await getRunTasks(home, runOf(params));
      const tasks = paged(loaded.config.tasks, pageOf(query));
      return { task_executions: tasks.map((task) => taskExecutionView(loaded, task, loaded.rows)) };
    },
  }),
  operation({
    operationId: 'get_task_execution',
    method: 'GET',
    path: taskPath,
    summary: 'Get a task of a run',
    access: { resource: 'runs', action: 'read' },
    params: taskParams,
    status: 200,
    response: z.object({ task_execution: taskExecutionSchema }),
    handler: async (home, { params }) => {
      const { task, ...loaded } = await getRunTask(home, taskOf(params));
      return { task_execution: taskExecutionView(loaded, task, loaded.rows) };
    },
  }),
  operation({
    operationId: 'cancel_task_execution',
    method: 'DELETE',
    path: taskPath,
    summary: 'Cancel a task: SIGTERM, and SIGKILL after its stop_timeout',
    access: { resource: 'runs', action: 'write', deed: 'cancel' },
    params: taskParams,
    query: z.object({
      wait_for: z.int().nonnegative().optional().describe("Ignored: the config's `stop_timeout` holds."),
    }),
    status: 204,
    handler: async (home, { params }) => {
      const { run, task } = await getRunTask(home, taskOf(params));
      await cancelTask(home, { uid: run.uid, number: run.number, task: task.id });
    },
  }),
];
