/** What has had its time goes, every hour: objects and logs of runs that are long over, contents that belong to no object, tokens. */
import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Environment } from '../aws/environment.ts';
import { sweepIndex } from '../store/dynamo.ts';
import { ControlFunction } from './control-function.ts';
import type { LostEvents } from './lost-events.ts';
import type { Objects } from './objects.ts';
import { allowPipelineTokens } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';

export type ExpiryProps = {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly store: Store;
  readonly objects: Objects;
  readonly tasks: Tasks;
  readonly bus: EventBus;
  readonly lostEvents: LostEvents;
};

export class Expiry extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { settings, environment, store, objects, tasks, bus, lostEvents: { queue } }: ExpiryProps,
  ) {
    super(scope, id);
    const handler = new ControlFunction(this, 'Function', {
      entry: 'expiry',
      timeout: Duration.minutes(10),
      memorySize: 512,
      environment,
      settings,
      // What isn't done is taken up by the next one.
      events: { retryAttempts: 1, lost: queue },
    });
    const { tableArn } = store.table;
    const calls = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'];
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: calls.map((call) => `dynamodb:${call}`),
        resources: [tableArn, `${tableArn}/index/${sweepIndex}`],
      }),
    );
    // The end of a token is told.
    handler.addToRolePolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }));
    objects.allow(handler, 'delete');
    allowPipelineTokens(this, settings, handler);
    if (settings.runLogs !== undefined) tasks.logGroup.grant(handler, 'logs:DeleteLogStream');
    new Rule(this, 'Hourly', {
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [
        new LambdaFunction(handler, { deadLetterQueue: queue, retryAttempts: 2, maxEventAge: Duration.hours(1) }),
      ],
    });
  }
}
