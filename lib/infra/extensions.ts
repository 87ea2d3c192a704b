/** Extensions: who looks after their services, and who may speak to them. */
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { type EventBus, type EventPattern, Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { servicePrefix } from '../extension/place.ts';
import type { Control } from './control.ts';
import { ControlFunction } from './control-function.ts';
import { type ExtensionReach, extensionFunctions } from './extension-reach.ts';
import type { LostEvents } from './lost-events.ts';
import { passRole } from './machines.ts';
import { allowSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';

export type ExtensionsProps = {
  readonly settings: Settings;
  readonly control: Control;
  readonly reach: ExtensionReach;
  readonly store: Store;
  readonly tasks: Tasks;
  readonly bus: EventBus;
  readonly lostEvents: LostEvents;
};

export class Extensions extends Construct {
  constructor(scope: Construct, id: string, props: ExtensionsProps) {
    super(scope, id);
    const { settings, control, reach, tasks, lostEvents } = props;
    const handler = new ControlFunction(this, 'Function', {
      entry: 'extensions',
      functionName: extensionFunctions(this).tend,
      // Shorter than the minute between two looks.
      timeout: Duration.seconds(55),
      memorySize: 512,
      environment: control.environment,
      settings,
      // The next minute looks at everything again.
      events: { retryAttempts: 0, lost: lostEvents.queue },
    });
    this.#allow(handler, props);
    // By its name: its ARN in its own role would be a circle.
    const tend = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: extensionFunctions(this).tend,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const called = [reach.handler.functionArn, tend];
    for (const each of [handler, control.api])
      each.addToRolePolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: called }));

    this.#rule('ContainerStateChange', props, handler, {
      source: ['aws.ecs'],
      detailType: ['ECS Task State Change'],
      detail: {
        clusterArn: [tasks.cluster.clusterArn],
        group: Match.prefix(`service:${servicePrefix}`),
        lastStatus: ['RUNNING', 'STOPPED'],
      },
    });
    this.#rule('EveryMinute', props, handler, Schedule.rate(Duration.minutes(1)));
  }

  #allow(handler: ControlFunction, { settings, store, tasks, bus }: ExtensionsProps): void {
    const calls = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'];
    const inCluster = { ArnEquals: { 'ecs:cluster': tasks.cluster.clusterArn } };
    const statements = [
      { actions: calls.map((call) => `dynamodb:${call}`), resources: [store.table.tableArn] },
      { actions: ['events:PutEvents'], resources: [bus.eventBusArn] },
      // Listings have no resource but the cluster's condition.
      { actions: ['ecs:ListServices', 'ecs:ListTasks'], resources: ['*'], conditions: inCluster },
      {
        actions: ['ecs:DescribeServices', 'ecs:CreateService', 'ecs:UpdateService', 'ecs:DeleteService'],
        resources: [tasks.servicesArn],
        conditions: inCluster,
      },
      { actions: ['ecs:DescribeTasks'], resources: [tasks.tasksArn], conditions: inCluster },
      // None of these calls can be narrowed to a family.
      {
        actions: ['ecs:RegisterTaskDefinition', 'ecs:DescribeTaskDefinition', 'ecs:DeregisterTaskDefinition'],
        resources: ['*'],
      },
      { actions: ['ecs:DeleteTaskDefinitions'], resources: [tasks.definitionsArn] },
    ];
    for (const statement of statements) handler.addToRolePolicy(new PolicyStatement(statement));
    handler.addToRolePolicy(passRole(tasks.executionRole, 'ecs-tasks.amazonaws.com'));
    allowSecrets(this, settings, handler, 'read', 'write');
  }

  #rule(id: string, { lostEvents }: ExtensionsProps, handler: ControlFunction, when: EventPattern | Schedule): void {
    const target = new LambdaFunction(handler, {
      deadLetterQueue: lostEvents.queue,
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
    });
    new Rule(this, id, {
      ...(when instanceof Schedule ? { schedule: when } : { eventPattern: when }),
      targets: [target],
    });
  }
}
