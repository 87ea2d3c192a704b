/**
 * IAM roles of containers: a pipeline names one, or its tasks do, and an installation on AWS hands out those that its
 * administrator has listed. A role is written by its name or its ARN.
 */
import type { TaskRoles } from '../home.ts';
import type { PipelineConfig, TaskConfig } from './config.ts';
import type { Problem } from './problem.ts';

const name = '[\\w+=,.@-]{1,64}';
const arnStart = 'arn:aws[a-z-]*:iam::\\d{12}:role\\/';

/** `reports`, or `arn:aws:iam::123456789012:role/team/reports`. */
export const rolePattern = new RegExp(`^(?:${arnStart}(?:[\\w+=,.@-]+\\/){0,16})?${name}$`);

/** The same; a `*` at the end stands for any rest, of a name that has at least a beginning. */
export const rolesPattern = new RegExp(`^(?:${arnStart})?(?:[\\w+=,.@-]+\\/){0,16}(?:${name}|[\\w+=,.@-]+\\*)$`);

/** The role that a task's containers have; `undefined`: none. */
export const roleOf = (task: Pick<TaskConfig, 'role'>, { role }: Pick<PipelineConfig, 'role'>): string | undefined =>
  task.role ?? role;

/** Every role that the pipeline hands to containers. */
export const rolesOf = (config: PipelineConfig): string[] => [
  ...new Set(config.tasks.flatMap((task) => roleOf(task, config) ?? [])),
];

/** `account` is where names are looked for: `arn:aws:iam::123456789012:role`. */
export const roleArn = (role: string, account: string): string =>
  role.startsWith('arn:') ? role : `${account}/${role}`;

const isAmong = (role: string, { account, allowed }: TaskRoles): boolean =>
  allowed
    .map((each) => roleArn(each, account))
    .some((each) =>
      each.endsWith('*') ? roleArn(role, account).startsWith(each.slice(0, -1)) : each === roleArn(role, account),
    );

/** Roles that this installation does not hand out. One machine has none at all: there this is a warning. */
export function roleProblems(config: PipelineConfig, roles: TaskRoles | undefined): Problem[] {
  const named = [
    { path: 'role', subject: '', role: config.role },
    ...config.tasks.map(({ id, role }, i) => ({ path: `tasks[${i}].role`, subject: `task "${id}": `, role })),
  ];
  return named.flatMap(({ path, subject, role }) => {
    if (role === undefined || (roles && isAmong(role, roles))) return [];
    const problem = refusal(role, roles);
    return [{ ...problem, path, message: `${subject}${problem.message}` }];
  });
}

function refusal(role: string, roles: TaskRoles | undefined): Omit<Problem, 'path'> {
  if (!roles)
    return {
      message: `role is "${role}"; containers have it on AWS only, here they have the credentials that their variables give them`,
    };
  const allowed = roles.allowed.length ? `allowed: ${roles.allowed.join(', ')}` : 'no role is allowed';
  return {
    message: `role is "${role}", which this installation does not hand out; ${allowed}`,
    suggestion: 'an administrator adds it to taskRoles in the settings of the stack',
  };
}
