/** The one table. */
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { sweepIndex } from '../store/dynamo.ts';
import { removalOf } from './removal.ts';
import type { Settings } from './settings.ts';

export class Store extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expires_at',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // It holds every run and config.
      removalPolicy: removalOf(settings),
    });
    // Only rows that the sweep looks after carry `sweep`: the index stays as small as the work in progress.
    this.table.addGlobalSecondaryIndex({
      indexName: sweepIndex,
      partitionKey: { name: 'sweep', type: AttributeType.STRING },
      sortKey: { name: 'pk', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}
