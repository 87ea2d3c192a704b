/** What every state machine of the product works with: one role, one log group. The machines come and go through the API. */
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { retentionOf } from './retention.ts';
import type { Settings } from './settings.ts';
import type { Tasks } from './tasks.ts';

export class Machines extends Construct {
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** `arn:<partition>:states:<region>:<account>`. */
  readonly statesArn: string;
  /** Every machine of the product. */
  readonly machinesArn: string;
  /** Every execution of them. */
  readonly executionsArn: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const stack = Stack.of(this);
    this.statesArn = `arn:${stack.partition}:states:${stack.region}:${stack.account}`;
    this.machinesArn = `${this.statesArn}:stateMachine:gofer_*`;
    this.executionsArn = `${this.statesArn}:execution:gofer_*:*`;
    this.logGroup = new LogGroup(this, 'Logs', {
      // Groups of this prefix share one resource policy, which would otherwise overflow after some machines.
      logGroupName: `/aws/vendedlogs/states/${stack.stackName.toLowerCase()}`,
      retention: retentionOf(settings),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      description: 'Gofer state machines: run tasks and ask the step functions',
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': this.machinesArn },
        },
      }),
    });
    this.role.addToPolicy(
      // CloudWatch's log delivery has no resources of its own.
      new PolicyStatement({
        actions: [
          'logs:CreateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:DescribeLogGroups',
          'logs:DescribeResourcePolicies',
          'logs:GetLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:UpdateLogDelivery',
        ],
        resources: ['*'],
      }),
    );
  }

  /** Lets machines do what a compiled definition asks for: run our tasks, ask our step functions. */
  allow(tasks: Tasks, stepFunctions: readonly IFunction[]): void {
    const stack = Stack.of(this);
    const inCluster = { ArnEquals: { 'ecs:cluster': tasks.cluster.clusterArn } };
    const statements = [
      { actions: ['ecs:RunTask'], resources: [tasks.definitionsArn], conditions: inCluster },
      { actions: ['ecs:StopTask', 'ecs:DescribeTasks'], resources: [tasks.tasksArn], conditions: inCluster },
      {
        // `ecs:runTask.sync` hears of a task's end through this rule of Step Functions' own.
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [
          stack.formatArn({
            service: 'events',
            resource: 'rule',
            resourceName: 'StepFunctionsGetEventsForECSTaskRule',
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        ],
      },
      {
        actions: ['lambda:InvokeFunction'],
        resources: stepFunctions.map(({ functionArn }) => functionArn),
      },
    ];
    for (const statement of statements) this.role.addToPolicy(new PolicyStatement(statement));
    this.role.addToPolicy(passRole(tasks.executionRole, 'ecs-tasks.amazonaws.com'));
  }
}

/** A role may be handed to that service, and to no other. */
export const passRole = ({ roleArn }: Pick<IRole, 'roleArn'>, service: string) =>
  new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': service } },
  });
