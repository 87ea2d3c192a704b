/** Events as EventBridge delivers them: the shapes were recorded from AWS, names and numbers are made up. */
import type { Container } from '../../lib/ports/containers.ts';

const account = '123456789012';
const region = 'eu-central-1';
const clusterArn = `arn:aws:ecs:${region}:${account}:cluster/Gofer-Cluster`;
const iso = (time: number) => new Date(time).toISOString();

/** "ECS Task State Change" of a Fargate task. `version` grows with each change of the task. */
export function taskStateChange(container: Container, version: number) {
  const { arn, group, lastStatus, createdAt, startedAt, stoppedAt, exitCode, stopCode, stoppedReason } = container;
  const updated = stoppedAt ?? startedAt ?? createdAt;
  return {
    version: '0',
    id: `00000000-0000-4000-8000-${String(version).padStart(12, '0')}`,
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account,
    time: iso(updated),
    region,
    resources: [arn],
    detail: {
      attachments: [
        {
          id: 'b6b1f8a6-1f2e-4d25-8f67-d8a1f0a51f4d',
          type: 'eni',
          status: lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED',
          details: [
            { name: 'subnetId', value: 'subnet-0a' },
            { name: 'networkInterfaceId', value: 'eni-0a' },
          ],
        },
      ],
      attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
      availabilityZone: `${region}a`,
      capacityProviderName: 'FARGATE',
      clusterArn,
      connectivity: 'CONNECTED',
      connectivityAt: iso(createdAt),
      containers: [
        {
          containerArn: `arn:aws:ecs:${region}:${account}:container/Gofer-Cluster/${arn.split('/').at(-1)}/1`,
          ...(exitCode !== undefined && { exitCode }),
          lastStatus,
          name: 'task',
          image: 'busybox:1',
          imageDigest: 'sha256:3f57d9401f8d42f986df300f0c69192fc41da28ccc8d797829467780db3dd741',
          runtimeId: 'b6b1f8a61f2e4d258f67d8a1f0a51f4d-1',
          taskArn: arn,
          networkInterfaces: [{ attachmentId: 'b6b1f8a6', privateIpv4Address: '10.0.0.7' }],
          cpu: '0',
        },
      ],
      cpu: '256',
      createdAt: iso(createdAt),
      desiredStatus: lastStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING',
      enableExecuteCommand: false,
      ephemeralStorage: { sizeInGiB: 20 },
      group,
      launchType: 'FARGATE',
      lastStatus,
      memory: '512',
      overrides: { containerOverrides: [{ name: 'task' }] },
      platformVersion: '1.4.0',
      pullStartedAt: iso(createdAt),
      ...(startedAt !== undefined && { startedAt: iso(startedAt) }),
      startedBy: 'AWS Step Functions',
      ...(stoppedAt !== undefined && {
        executionStoppedAt: iso(stoppedAt),
        stoppingAt: iso(stoppedAt),
        stoppedAt: iso(stoppedAt),
      }),
      ...(stopCode !== undefined && { stopCode }),
      ...(stoppedReason !== undefined && { stoppedReason }),
      taskArn: arn,
      taskDefinitionArn: `arn:aws:ecs:${region}:${account}:task-definition/gofer-0:1`,
      updatedAt: iso(updated),
      version,
    },
  };
}

/** "Step Functions Execution Status Change". */
export const executionStatusChange = (name: string, status: 'FAILED' | 'SUCCEEDED' | 'ABORTED' | 'RUNNING') => ({
  version: '0',
  id: '315c1398-40ff-a850-213b-158f73e60175',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account,
  time: '2026-02-26T19:42:21Z',
  region,
  resources: [`arn:aws:states:${region}:${account}:execution:gofer_u_0:${name}`],
  detail: {
    executionArn: `arn:aws:states:${region}:${account}:execution:gofer_u_0:${name}`,
    stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:gofer_u_0`,
    name,
    status,
    startDate: 1551225146847,
    stopDate: status === 'RUNNING' ? null : 1551225151881,
    input: '{}',
    inputDetails: { included: true },
    output: null,
    outputDetails: null,
    error: status === 'FAILED' ? 'States.Runtime' : null,
    cause: null,
  },
});

/** The Cause of `States.TaskFailed`: the stopped task as `ecs:runTask.sync` writes it. */
export const taskFailedCause = ({
  arn,
  group,
  createdAt,
  startedAt,
  stoppedAt,
  exitCode,
  stopCode,
}: Container): string =>
  JSON.stringify({
    Attachments: [],
    ClusterArn: clusterArn,
    Containers: [{ ExitCode: exitCode, LastStatus: 'STOPPED', Name: 'task', TaskArn: arn }],
    Cpu: '256',
    CreatedAt: createdAt,
    DesiredStatus: 'STOPPED',
    Group: group,
    LastStatus: 'STOPPED',
    LaunchType: 'FARGATE',
    StartedAt: startedAt,
    StopCode: stopCode,
    StoppedAt: stoppedAt,
    StoppedReason: 'Essential container in task exited',
    TaskArn: arn,
    Version: 5,
  });

/** What the schedule rule sends. */
export const scheduledEvent = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: '2026-02-26T19:42:00Z',
  region,
  resources: [`arn:aws:events:${region}:${account}:rule/Gofer-Sweep`],
  detail: {},
};
