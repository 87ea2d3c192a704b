/** The bucket for what is too large for the table or an answer of the API. */
import { Duration, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { explain } from './explained.ts';
import { removalOf } from './removal.ts';
import type { Settings } from './settings.ts';

const actions = { read: 's3:GetObject', write: 's3:PutObject', delete: 's3:DeleteObject' } as const;

export class Objects extends Construct {
  readonly bucket: Bucket;
  /** As functions address it: `https://s3.<region>.<suffix>/<bucket>`. */
  readonly address: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: removalOf(settings),
      // Parts of an upload that nobody finished can't be seen, and cost all the same.
      lifecycleRules: [{ id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(2) }],
    });
    const { region, urlSuffix } = Stack.of(this);
    this.address = `https://s3.${region}.${urlSuffix}/${this.bucket.bucketName}`;
    explain(this.bucket, { 'AwsSolutions-S1': 'only the API reaches it, and logs who asked for what' });
  }

  allow({ grantPrincipal }: IGrantable, ...what: readonly (keyof typeof actions)[]): void {
    const { bucketArn } = this.bucket;
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: what.map((each) => actions[each]), resources: [`${bucketArn}/objects/*`] }),
    );
    // Without it S3 answers 403 for what isn't there.
    if (what.includes('read'))
      grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn] }));
  }
}
