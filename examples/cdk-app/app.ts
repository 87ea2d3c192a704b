/**
 * A team's own CDK app: Gofer, and two pipelines that are kept beside it, one of which may read a bucket. `npx cdk diff` shows what a change does to them,
 * `npx cdk deploy` makes it live, and a deployment that fails leaves live what was.
 */
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Gofer, Pipeline } from 'gofer-serverless/cdk';

const app = new App();
const stack = new Stack(app, 'Data', { description: 'Pipelines of the data team' });
const gofer = new Gofer(stack, 'Gofer', { logRetention: 90, removalPolicy: 'destroy' });

const image = 'busybox:latest';

const nightly = new Pipeline(gofer, 'Nightly', {
  id: 'nightly-report',
  description: 'Counts what came in during the day, and tells',
  schedule: '0 3 * * MON-FRI',
  tasks: [
    { id: 'count', image, variables: { INBOX: 's3://data-team-inbox' }, command: ['echo', 'counted'] },
    { id: 'tell', image, command: ['echo', 'told'], depends_on: { count: 'success' } },
  ],
});

// Its containers get a role that may do this and nothing else. The bucket is there already, and isn't Gofer's.
Bucket.fromBucketName(stack, 'Inbox', 'data-team-inbox').grantRead(nightly);

Pipeline.fromFile(gofer, 'Import', join(import.meta.dirname, 'pipelines/import.ts'));
