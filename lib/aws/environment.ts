/**
 * What the stack tells its functions: one page for both sides. `lib/infra` writes these variables, `lib/aws/home.ts`
 * reads them.
 */
import type { SecretStore } from './secret-path.ts';

export type Environment = {
  /** The stack's name: what is made at run time is named by it. */
  readonly GOFER_INSTALLATION: string;
  readonly GOFER_TABLE: string;
  readonly GOFER_CLUSTER_ARN: string;
  /** Comma-separated. */
  readonly GOFER_SUBNETS: string;
  /** Comma-separated. */
  readonly GOFER_SECURITY_GROUPS: string;
  /** `ENABLED` in public subnets: without a NAT, images come through the task's own public address. */
  readonly GOFER_PUBLIC_IP: 'ENABLED' | 'DISABLED';
  /** `arn:<partition>:states:<region>:<account>`: machines and executions are named from here. */
  readonly GOFER_STATES_ARN: string;
  readonly GOFER_MACHINE_ROLE_ARN: string;
  readonly GOFER_MACHINE_LOG_GROUP_ARN: string;
  readonly GOFER_EXECUTION_ROLE_ARN: string;
  readonly GOFER_TASK_LOG_GROUP: string;
  readonly GOFER_SECRET_STORE: SecretStore;
  /** Names and ARNs of the roles that pipelines may name, separated by blanks. Absent: none. */
  readonly GOFER_TASK_ROLES?: string;
  /** Address of the bucket, `https://s3.<region>.<suffix>/<bucket>`. */
  readonly GOFER_OBJECTS: string;
  /** How many objects a pipeline keeps, and for how many further runs a run's objects are kept, and its logs. */
  readonly GOFER_PIPELINE_OBJECTS: string;
  readonly GOFER_RUN_OBJECTS: string;
  /** Absent: logs don't expire by runs. */
  readonly GOFER_RUN_LOGS?: string;
  /** Where containers reach the API, without a slash at its end. */
  readonly GOFER_API_BASE_URL: string;
  /** Name of the role that ECS Exec needs. Absent: nobody may attach to containers. */
  readonly GOFER_ATTACH_ROLE?: string;
  /** Of the containers of extensions, comma-separated. This and the next two are absent where extensions are switched off. */
  readonly GOFER_EXTENSION_SECURITY_GROUPS?: string;
  /** Name of the function that looks after extensions. */
  readonly GOFER_EXTENSIONS_FUNCTION?: string;
  /** Name of the function in their network that speaks to them. */
  readonly GOFER_EXTENSION_REACH_FUNCTION?: string;
  readonly GOFER_NEXT_FUNCTION: string;
  readonly GOFER_FINISH_FUNCTION: string;
  /** Group of the schedules that the API's pipelines have. */
  readonly GOFER_SCHEDULE_GROUP: string;
  readonly GOFER_SCHEDULE_ROLE_ARN: string;
  readonly GOFER_SCHEDULE_FUNCTION_ARN: string;
  readonly GOFER_LOST_EVENTS_ARN: string;
  /** Name of the bus for the product's own events. */
  readonly GOFER_BUS: string;
  readonly GOFER_CAPACITY_PROVIDER: 'FARGATE' | 'FARGATE_SPOT';
  /** CPU units and MiB of tasks that name no size. */
  readonly GOFER_DEFAULT_CPU: string;
  readonly GOFER_DEFAULT_MEMORY: string;
  readonly GOFER_DEFAULT_ARCHITECTURE: 'x86_64' | 'arm64';
  /** Seconds. */
  readonly GOFER_DEFAULT_TIMEOUT: string;
  readonly GOFER_MAX_TIMEOUT: string;
};

const names: readonly (keyof Environment)[] = [
  'GOFER_INSTALLATION',
  'GOFER_TABLE',
  'GOFER_API_BASE_URL',
  'GOFER_CLUSTER_ARN',
  'GOFER_SUBNETS',
  'GOFER_SECURITY_GROUPS',
  'GOFER_PUBLIC_IP',
  'GOFER_STATES_ARN',
  'GOFER_MACHINE_ROLE_ARN',
  'GOFER_MACHINE_LOG_GROUP_ARN',
  'GOFER_EXECUTION_ROLE_ARN',
  'GOFER_TASK_LOG_GROUP',
  'GOFER_SECRET_STORE',
  'GOFER_OBJECTS',
  'GOFER_PIPELINE_OBJECTS',
  'GOFER_RUN_OBJECTS',
  'GOFER_NEXT_FUNCTION',
  'GOFER_FINISH_FUNCTION',
  'GOFER_SCHEDULE_GROUP',
  'GOFER_SCHEDULE_ROLE_ARN',
  'GOFER_SCHEDULE_FUNCTION_ARN',
  'GOFER_LOST_EVENTS_ARN',
  'GOFER_BUS',
  'GOFER_CAPACITY_PROVIDER',
  'GOFER_DEFAULT_CPU',
  'GOFER_DEFAULT_MEMORY',
  'GOFER_DEFAULT_ARCHITECTURE',
  'GOFER_DEFAULT_TIMEOUT',
  'GOFER_MAX_TIMEOUT',
];

/** What `GOFER_STATES_ARN` says of where the stack is, and where the account's roles are named from. */
export function placeOf(statesArn: string) {
  const [, partition = '', , region = '', account = ''] = statesArn.split(':');
  return { partition, region, account, rolesArn: `arn:${partition}:iam::${account}:role` };
}

/** What containers of this installation are defined and found with, whatever they are for. */
export function containerSettings(env: Environment) {
  const { rolesArn, ...place } = placeOf(env.GOFER_STATES_ARN);
  return {
    installation: env.GOFER_INSTALLATION,
    clusterArn: env.GOFER_CLUSTER_ARN,
    executionRoleArn: env.GOFER_EXECUTION_ROLE_ARN,
    rolesArn,
    logGroup: env.GOFER_TASK_LOG_GROUP,
    region: place.region,
    secrets: { ...place, store: env.GOFER_SECRET_STORE },
  };
}

/** Thrown at the function's cold start: the stack and the code in it belong to different versions. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly missing: readonly string[];
  constructor(missing: readonly string[]) {
    super(`environment variables missing: ${missing.join(', ')}; deploy the stack of this version again`);
    this.missing = missing;
  }
}

export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const missing = names.filter((name) => !variables[name]);
  if (missing.length) throw new EnvironmentError(missing);
  return variables as Environment;
}
