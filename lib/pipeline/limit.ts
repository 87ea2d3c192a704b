/** AWS's limits on a single task's launch. The state machine's own limits are in `lib/machine`. */
import type { TaskDefaults } from '../home.ts';
import type { PipelineConfig, TaskConfig } from './config.ts';
import { writeDuration } from './duration.ts';
import type { Problem } from './problem.ts';

/** Characters of the overrides of one RunTask call: command, variables, sizes. */
export const longestOverrides = 8192;

/** Stands for the API's address, with which a task is told of its token: API Gateway's takes as many characters at most. */
export const addressFor = ({ inject_api_token }: Pick<TaskConfig, 'inject_api_token'>): string | undefined =>
  inject_api_token ? 'https://0123456789.execute-api.ap-southeast-1.amazonaws.com.cn/prod' : undefined;

/**
 * What GOFER_PIPELINE_ID, _RUN_ID, _TASK_ID and _TASK_IMAGE take with their names. GOFER_TOKEN comes from the task
 * definition. Variables of the run come on top and are checked when it starts.
 */
const systemVariables = (task: TaskConfig) =>
  [
    ['GOFER_PIPELINE_ID', 'x'.repeat(32)],
    ['GOFER_RUN_ID', '1234567890'],
    ['GOFER_TASK_ID', task.id],
    ['GOFER_TASK_IMAGE', task.image],
    ...(task.inject_api_token ? [['GOFER_API_BASE_URL', addressFor(task)]] : []),
  ].map(([Name, Value]) => ({ Name, Value }));

/** Size of the overrides that launch this task, in characters of JSON. */
export const overridesLength = (task: TaskConfig): number =>
  JSON.stringify({
    ContainerOverrides: [
      {
        Name: 'task',
        Command: task.command,
        Environment: [
          ...systemVariables(task),
          ...Object.entries(task.variables).map(([name, Value]) => ({ Name: name.toUpperCase(), Value })),
        ],
      },
    ],
    Cpu: String(task.cpu ?? ''),
    Memory: String(task.memory ?? ''),
  }).length;

/** What AWS, or the installation's own limit, would refuse at launch. One machine can run it all the same, so there these are warnings. */
export const launchLimits = (
  config: PipelineConfig,
  { maxTimeout }: Pick<TaskDefaults, 'maxTimeout'> = {},
): Problem[] => [
  ...overrideLimits(config),
  ...config.tasks.flatMap(({ id, timeout = 0 }, index) => {
    if (maxTimeout === undefined || timeout <= maxTimeout) return [];
    return [
      {
        path: `tasks[${index}].timeout`,
        message: `task "${id}": timeout is ${writeDuration(timeout)}; this installation allows up to ${writeDuration(maxTimeout)}`,
        suggestion: 'shorten it, or raise maxTimeout in the settings of the stack',
      },
    ];
  }),
];

const overrideLimits = (config: PipelineConfig): Problem[] =>
  config.tasks.flatMap((task, index) => {
    const length = overridesLength(task);
    if (length <= longestOverrides) return [];
    return [
      {
        path: `tasks[${index}]`,
        message: `task "${task.id}": command and variables take ${length} characters; AWS allows ${longestOverrides}`,
        suggestion: 'put the script into the image, or the data into an object',
      },
    ];
  });
