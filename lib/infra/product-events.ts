/** The bus that tells of namespaces, pipelines, runs and tasks: rules of other programs in the account listen to it. */
import { Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

export class ProductEvents extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const name = Stack.of(this).stackName.toLowerCase();
    this.bus = new EventBus(this, 'Bus', {
      // A second installation of the account has one of its own.
      eventBusName: name === 'gofer' ? name : `gofer-${name}`,
      description: `Events of ${Stack.of(this).stackName}: source gofer, the kind as detail type`,
    });
  }
}
