/** Of what the stack tells its functions, what the doctor looks at. */
import { type Environment, EnvironmentError } from '../../aws/environment.ts';

const names = [
  'GOFER_INSTALLATION',
  'GOFER_TABLE',
  'GOFER_CLUSTER_ARN',
  'GOFER_SUBNETS',
  'GOFER_PUBLIC_IP',
  'GOFER_STATES_ARN',
  'GOFER_MACHINE_ROLE_ARN',
  'GOFER_EXECUTION_ROLE_ARN',
  'GOFER_TASK_LOG_GROUP',
  'GOFER_SECRET_STORE',
  'GOFER_CAPACITY_PROVIDER',
  'GOFER_DEFAULT_CPU',
  'GOFER_DEFAULT_ARCHITECTURE',
] as const satisfies readonly (keyof Environment)[];

export type Told = Pick<Environment, (typeof names)[number] | 'GOFER_ATTACH_ROLE'>;

/** Throws {@link EnvironmentError}: the stack is of another version. */
export function readTold(variables: Readonly<Record<string, string | undefined>>): Told {
  const missing = names.filter((name) => !variables[name]);
  if (missing.length) throw new EnvironmentError(missing);
  return variables as Told;
}
