/** What must hold before a run is accepted. */
import { FailedPreconditionError, InvalidError } from '../errors.ts';
import type { TaskDefaults, TaskRoles } from '../home.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { longestOverrides } from '../pipeline/limit.ts';
import { writeProblem } from '../pipeline/problem.ts';
import { roleProblems } from '../pipeline/role.ts';
import { referenceIn, secretVariables } from '../task/interpolation.ts';
import { overridesLength } from '../task/request.ts';
import type { RunVariables } from '../task/variables.ts';

/** Names that containers' environments allow. */
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Refuses (400) variables of a run that are not plain values under names of the user's own. */
export function checkVariables(variables: Readonly<Record<string, string>>): void {
  const problems = Object.entries(variables).flatMap(([name, value]) => {
    if (!variableName.test(name))
      return [`variable "${name}": a name is letters, digits and underscores, and doesn't begin with a digit`];
    if (name.toUpperCase().startsWith('GOFER_'))
      return [`variable "${name}": names that begin with GOFER_ are Gofer's own`];
    if (referenceIn(value))
      return [
        `variable "${name}": a run's variable can't refer to a secret or an object; put the reference into the pipeline's config`,
      ];
    return [];
  });
  if (problems.length) throw new InvalidError(problems.join('\n'));
}

/** Refuses (400) variables of a run with which AWS would not launch a task: the config alone was checked when registered. */
export function checkOverrides(
  config: PipelineConfig,
  run: RunVariables,
  { size }: Pick<TaskDefaults, 'size'> = {},
): void {
  const problems = config.tasks.flatMap((task) => {
    const length = overridesLength(run, task, { size });
    return length <= longestOverrides
      ? []
      : [
          `task "${task.id}": its command and variables with those of the run take ${length} characters; AWS allows ${longestOverrides}; put large values into an object`,
        ];
  });
  if (problems.length) throw new InvalidError(problems.join('\n'));
}

/** Refuses (503) a config whose roles this installation hands out no longer. */
export function checkRoles(config: PipelineConfig, roles: TaskRoles | undefined): void {
  const problems = roleProblems(config, roles);
  if (problems.length) throw new FailedPreconditionError(problems.map(writeProblem).join('\n'));
}

/** Refuses (400) variables of a run that would take the place of a secret: AWS launches no task with both. */
export function checkSecretNames(config: PipelineConfig, variables: Readonly<Record<string, string>>): void {
  const names = new Set(Object.keys(variables).map((name) => name.toUpperCase()));
  const problems = config.tasks.flatMap((task) =>
    [...secretVariables(task).keys()]
      .filter((name) => names.has(name))
      .map((name) => `variable "${name}": it is a secret of task "${task.id}", which a run can't override`),
  );
  if (problems.length) throw new InvalidError(problems.join('\n'));
}
