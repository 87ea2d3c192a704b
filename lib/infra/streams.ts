/** Logs and events as they come: a function of its own, so that those who watch keep nobody from working. */
import { Duration } from 'aws-cdk-lib';
import { LambdaIntegration, ResponseTransferMode, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { noteAttributes } from '../access/tokens.ts';
import { streaming } from '../api/streaming.ts';
import type { Environment } from '../aws/environment.ts';
import { tokensPartition } from '../store/items/access.ts';
import { ControlFunction } from './control-function.ts';
import { allowSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';

export type StreamsProps = {
  readonly api: RestApi;
  readonly settings: Settings;
  readonly environment: Environment;
  readonly store: Store;
  readonly tasks: Tasks;
};

/** As long as API Gateway streams an answer, and a function may run. */
const longest = Duration.minutes(15);

export class Streams extends Construct {
  readonly handler: ControlFunction;

  constructor(scope: Construct, id: string, { api, settings, environment, store, tasks }: StreamsProps) {
    super(scope, id);
    const { maxStreams } = settings;
    this.handler = new ControlFunction(this, 'Stream', {
      entry: 'stream',
      timeout: longest,
      memorySize: 512,
      environment,
      settings,
      // One stream, one instance. Reserving takes from what the account's other functions have, so it must be asked for.
      ...(maxStreams !== undefined && { reservedConcurrentExecutions: maxStreams }),
    });
    this.handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
        resources: [store.table.tableArn],
      }),
    );
    // That a token was seen, and nothing else of it: neither its roles nor its end.
    this.handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:UpdateItem'],
        resources: [store.table.tableArn],
        conditions: {
          'ForAllValues:StringEquals': {
            'dynamodb:LeadingKeys': [tokensPartition],
            'dynamodb:Attributes': [...noteAttributes],
          },
        },
      }),
    );
    tasks.logGroup.grant(this.handler, 'logs:GetLogEvents');
    // What it tells is without the secrets of the pipeline.
    allowSecrets(this, settings, this.handler, 'read');

    const integration = new LambdaIntegration(this.handler, {
      allowTestInvoke: false,
      responseTransferMode: ResponseTransferMode.STREAM,
      timeout: longest,
    });
    // Other methods of these paths find their way to the API's own function: a proxy takes what no resource does.
    for (const { method, path } of streaming) api.root.resourceForPath(path).addMethod(method, integration);
  }
}
