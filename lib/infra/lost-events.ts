/** Events that no handler took, whether they could not be delivered or every try failed: one queue. */
import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export class LostEvents extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', { retentionPeriod: Duration.days(14), enforceSSL: true });
  }
}
