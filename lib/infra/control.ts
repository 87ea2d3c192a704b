/** The functions of the control plane, and what each of them may do. */
import { Duration, Stack } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Environment } from '../aws/environment.ts';
import { sweepIndex } from '../store/dynamo.ts';
import { invocations } from '../system/invocations.ts';
import { ControlFunction } from './control-function.ts';
import { type ExtensionReach, extensionFunctions } from './extension-reach.ts';
import type { LostEvents } from './lost-events.ts';
import { type Machines, passRole } from './machines.ts';
import type { Network } from './network.ts';
import type { Objects } from './objects.ts';
import type { Schedules } from './schedules.ts';
import { allowPipelineTokens, allowSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';

export type ControlProps = {
  readonly settings: Settings;
  readonly store: Store;
  readonly network: Network;
  /** Absent: there are no extensions. */
  readonly extensionReach?: ExtensionReach;
  readonly objects: Objects;
  /** Where containers reach the API. */
  readonly apiUrl: string;
  readonly tasks: Tasks;
  readonly machines: Machines;
  readonly schedules: Schedules;
  readonly bus: EventBus;
  readonly lostEvents: LostEvents;
};

export class Control extends Construct {
  readonly environment: Environment;
  readonly api: ControlFunction;
  readonly next: ControlFunction;
  readonly finish: ControlFunction;
  readonly taskStateChange: ControlFunction;
  readonly executionStatusChange: ControlFunction;
  readonly schedule: ControlFunction;
  readonly sweep: ControlFunction;
  readonly #props: ControlProps;

  constructor(scope: Construct, id: string, props: ControlProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const names = { next: `${stackName}-next`, finish: `${stackName}-finish` };
    const environment = environmentOf(props, names);
    this.environment = environment;
    const { settings } = props;
    const step = { timeout: Duration.seconds(30), memorySize: 512, environment, settings };
    const event = { ...step, events: { retryAttempts: 2, lost: props.lostEvents.queue } };

    this.api = new ControlFunction(this, 'Api', {
      entry: 'api',
      // API Gateway waits no longer.
      timeout: Duration.seconds(29),
      memorySize: 1024,
      environment,
      settings,
    });
    this.next = new ControlFunction(this, 'Next', { ...step, entry: 'next', functionName: names.next });
    this.finish = new ControlFunction(this, 'Finish', { ...step, entry: 'finish', functionName: names.finish });
    this.taskStateChange = new ControlFunction(this, 'TaskStateChange', { ...event, entry: 'task-state-change' });
    this.executionStatusChange = new ControlFunction(this, 'ExecutionStatusChange', {
      ...event,
      entry: 'execution-status-change',
    });
    this.schedule = new ControlFunction(this, 'Schedule', {
      ...event,
      entry: 'schedule',
      functionName: props.schedules.functionName,
    });
    this.sweep = new ControlFunction(this, 'Sweep', {
      entry: 'sweep',
      // Shorter than the minute between two sweeps and never retried: there is one at a time, without reserving
      // concurrency, which new accounts can't spare.
      timeout: Duration.seconds(55),
      memorySize: 1024,
      environment,
      settings,
      events: { retryAttempts: 0, lost: props.lostEvents.queue },
    });

    const events = [this.taskStateChange, this.executionStatusChange, this.schedule, this.sweep];
    const all = [this.api, this.next, this.finish, ...events];
    for (const each of all) allowRuns(each, props);
    for (const each of [this.api, this.sweep]) allowDeployments(each, props);
    // It finishes deployments whose process died.
    allowPipelineTokens(this, settings, this.sweep);
    allowRemoval(this.sweep, props);
    props.schedules.allow(this.api, this.sweep);
    props.tasks.logGroup.grant(this.api, 'logs:GetLogEvents', 'logs:DeleteLogStream');
    allowSecrets(this, settings, this.api, 'read', 'write');
    props.objects.allow(this.api, 'read', 'write', 'delete');
    props.machines.allow(props.tasks, [this.next, this.finish]);
    this.#props = props;
  }

  /** A function that answers CloudFormation. What it can't end in 15 minutes, the next invocation takes up. */
  customResource(
    scope: Construct,
    id: string,
    { entry, deploys = false }: { readonly entry: string; readonly deploys?: boolean },
  ): ControlFunction {
    const { settings, lostEvents, schedules } = this.#props;
    const handler = new ControlFunction(scope, id, {
      entry,
      timeout: Duration.seconds(invocations.timeout),
      memorySize: 512,
      environment: this.environment,
      settings,
      events: { retryAttempts: invocations.retries, lost: lostEvents.queue },
    });
    allowRuns(handler, this.#props);
    if (deploys) {
      allowDeployments(handler, this.#props);
      allowPipelineTokens(this, settings, handler);
      schedules.allow(handler);
    }
    return handler;
  }
}

function environmentOf(
  {
    settings,
    store,
    network,
    extensionReach,
    objects,
    apiUrl,
    tasks,
    machines,
    schedules,
    bus,
    lostEvents,
  }: ControlProps,
  names: { readonly next: string; readonly finish: string },
): Environment {
  return {
    GOFER_INSTALLATION: Stack.of(store).stackName,
    GOFER_TABLE: store.table.tableName,
    GOFER_API_BASE_URL: apiUrl,
    GOFER_CLUSTER_ARN: tasks.cluster.clusterArn,
    GOFER_SUBNETS: network.subnetIds.join(','),
    GOFER_SECURITY_GROUPS: network.securityGroup.securityGroupId,
    GOFER_PUBLIC_IP: network.publicIp,
    GOFER_STATES_ARN: machines.statesArn,
    GOFER_MACHINE_ROLE_ARN: machines.role.roleArn,
    GOFER_MACHINE_LOG_GROUP_ARN: machines.logGroup.logGroupArn,
    GOFER_EXECUTION_ROLE_ARN: tasks.executionRole.roleArn,
    GOFER_TASK_LOG_GROUP: tasks.logGroup.logGroupName,
    GOFER_SECRET_STORE: settings.secretStore,
    ...(settings.attachRole !== undefined && { GOFER_ATTACH_ROLE: settings.attachRole }),
    ...(settings.taskRoles.length && { GOFER_TASK_ROLES: settings.taskRoles.join(' ') }),
    GOFER_OBJECTS: objects.address,
    GOFER_PIPELINE_OBJECTS: String(settings.pipelineObjects),
    GOFER_RUN_OBJECTS: String(settings.runObjects),
    ...(settings.runLogs !== undefined && { GOFER_RUN_LOGS: String(settings.runLogs) }),
    ...(extensionReach && {
      GOFER_EXTENSION_SECURITY_GROUPS: extensionReach.securityGroup.securityGroupId,
      GOFER_EXTENSIONS_FUNCTION: extensionFunctions(store).tend,
      GOFER_EXTENSION_REACH_FUNCTION: extensionFunctions(store).reach,
    }),
    GOFER_NEXT_FUNCTION: names.next,
    GOFER_FINISH_FUNCTION: names.finish,
    GOFER_SCHEDULE_GROUP: schedules.group,
    GOFER_SCHEDULE_ROLE_ARN: schedules.role.roleArn,
    GOFER_SCHEDULE_FUNCTION_ARN: schedules.functionArn,
    GOFER_LOST_EVENTS_ARN: lostEvents.queue.queueArn,
    GOFER_BUS: bus.eventBusName,
    GOFER_CAPACITY_PROVIDER: settings.spot ? 'FARGATE_SPOT' : 'FARGATE',
    GOFER_DEFAULT_CPU: String(settings.size.cpu),
    GOFER_DEFAULT_MEMORY: String(settings.size.memory),
    GOFER_DEFAULT_ARCHITECTURE: settings.architecture,
    GOFER_DEFAULT_TIMEOUT: String(settings.defaultTimeout),
    GOFER_MAX_TIMEOUT: String(settings.maxTimeout),
  };
}

/** Every function may end a run and with it start the next: they all work on the same few calls. */
function allowRuns({ grantPrincipal }: IGrantable, { store, tasks, machines, bus }: ControlProps): void {
  const inCluster = { ArnEquals: { 'ecs:cluster': tasks.cluster.clusterArn } };
  const { tableArn } = store.table;
  const statements = [
    {
      actions: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
      ],
      resources: [tableArn, `${tableArn}/index/${sweepIndex}`],
    },
    {
      actions: ['states:StartExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure'],
      resources: [machines.machinesArn],
    },
    { actions: ['states:StopExecution', 'states:DescribeExecution'], resources: [machines.executionsArn] },
    // Listing has no resource but the cluster's condition.
    { actions: ['ecs:ListTasks'], resources: ['*'], conditions: inCluster },
    { actions: ['events:PutEvents'], resources: [bus.eventBusArn] },
    { actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [tasks.tasksArn], conditions: inCluster },
  ];
  for (const statement of statements) grantPrincipal.addToPrincipalPolicy(new PolicyStatement(statement));
}

/** Deploying a pipeline makes its machine and registers its tasks; each role goes to its one service. */
function allowDeployments({ grantPrincipal }: IGrantable, { tasks, machines }: ControlProps): void {
  const statements = [
    new PolicyStatement({ actions: ['states:CreateStateMachine'], resources: [machines.machinesArn] }),
    // Neither call can be narrowed to a family.
    new PolicyStatement({ actions: ['ecs:RegisterTaskDefinition', 'ecs:DescribeTaskDefinition'], resources: ['*'] }),
    passRole(machines.role, 'states.amazonaws.com'),
    passRole(tasks.executionRole, 'ecs-tasks.amazonaws.com'),
  ];
  for (const statement of statements) grantPrincipal.addToPrincipalPolicy(statement);
}

/** What no version needs any more is removed. */
function allowRemoval({ grantPrincipal }: IGrantable, { tasks, machines }: ControlProps): void {
  const statements = [
    { actions: ['states:DeleteStateMachine'], resources: [machines.machinesArn] },
    { actions: ['ecs:DeleteTaskDefinitions'], resources: [tasks.definitionsArn] },
    // Neither call can be narrowed to a family.
    { actions: ['ecs:ListTaskDefinitions', 'ecs:DeregisterTaskDefinition'], resources: ['*'] },
  ];
  for (const statement of statements) grantPrincipal.addToPrincipalPolicy(new PolicyStatement(statement));
}
