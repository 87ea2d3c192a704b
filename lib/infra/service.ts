/** Gofer on AWS as one stack: it only composes. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../pipeline/config.ts';
import { Control } from './control.ts';
import { Events } from './events.ts';
import { HttpApi } from './http-api.ts';
import { LostEvents } from './lost-events.ts';
import { Machines } from './machines.ts';
import { Network } from './network.ts';
import { Pipeline } from './pipeline.ts';
import { Store } from './store.ts';
import { Tasks } from './tasks.ts';

export type GoferServiceProps = StackProps & {
  /** Pipelines that are kept in the CDK app; the others come through the API. */
  readonly pipelines?: readonly PipelineConfig[];
};

const day = 24 * 60 * 60;

export class GoferService extends Stack {
  constructor(scope: Construct, id: string, { pipelines = [], ...props }: GoferServiceProps = {}) {
    super(scope, id, props);
    const store = new Store(this, 'Store');
    const network = new Network(this, 'Network');
    const tasks = new Tasks(this, 'Tasks', network);
    const machines = new Machines(this, 'Machines');
    const lostEvents = new LostEvents(this, 'LostEvents');
    const control = new Control(this, 'Control', { store, network, tasks, machines, lostEvents });
    new Events(this, 'Events', { control, tasks, machines, lostEvents });
    const api = new HttpApi(this, 'Api', { handler: control.api });
    for (const config of pipelines)
      new Pipeline(this, `Pipeline-${config.id}`, { config, machines, defaultTimeout: day });

    const outputs = {
      ApiUrl: api.url,
      TableName: store.table.tableName,
      ClusterArn: tasks.cluster.clusterArn,
      LostEventsQueueUrl: lostEvents.queue.queueUrl,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
