/** AWS's limits on a single task's launch. The state machine's own limits are in `lib/machine`. */
import type { TaskDefaults } from '../home.ts';
import { overridesLength } from '../task/request.ts';
import type { PipelineConfig } from './config.ts';
import { writeDuration } from './duration.ts';
import type { Problem } from './problem.ts';

/** Characters of the overrides of one RunTask call: command, variables, sizes. */
export const longestOverrides = 8192;

/** Stands for a run's number before it is known: it takes as many characters as a number may. */
export const longestNumber = 9_999_999_999;

/** Whatever run it will be. Variables of its own come on top, and are checked when it starts. */
const anyRun = ({ id }: PipelineConfig) => ({
  namespace: 'x'.repeat(32),
  pipeline: id,
  number: longestNumber,
  variables: {},
});

/** What AWS, or the installation's own limit, would refuse at launch. One machine can run it all the same, so there these are warnings. */
export const launchLimits = (
  config: PipelineConfig,
  { maxTimeout, size }: Pick<TaskDefaults, 'maxTimeout' | 'size'> = {},
): Problem[] => [
  ...overrideLimits(config, size),
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

const overrideLimits = (config: PipelineConfig, size: TaskDefaults['size']): Problem[] =>
  config.tasks.flatMap((task, index) => {
    const length = overridesLength(anyRun(config), task, { size });
    if (length <= longestOverrides) return [];
    return [
      {
        path: `tasks[${index}]`,
        message: `task "${task.id}": command and variables take ${length} characters; AWS allows ${longestOverrides}`,
        suggestion: 'put the script into the image, or the data into an object',
      },
    ];
  });
