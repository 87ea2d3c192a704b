/** Events that no handler took, whether they could not be delivered or every try failed: one queue. */
import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { explain } from './explained.ts';

export class LostEvents extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', { retentionPeriod: Duration.days(14), enforceSSL: true });
    explain(this.queue, { 'AwsSolutions-SQS3': 'it is the dead-letter queue, of rules, schedules and functions' });
  }
}
