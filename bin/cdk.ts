/** The CDK app: `npx cdk deploy`. */
import { App } from 'aws-cdk-lib';
import { GoferService } from '../lib/infra/service.ts';
import { checkPipeline } from '../lib/pipeline/schema.ts';

const app = new App();

/** Shows how a team keeps a pipeline in its CDK app: `npx cdk diff` then tells what a change does to its machine. */
const example = checkPipeline({
  id: 'hello',
  name: 'Hello',
  description: 'Three steps: two at once, then one that waits for both',
  tasks: [
    { id: 'fetch', image: 'public.ecr.aws/docker/library/busybox:1', command: ['echo', 'fetched'] },
    { id: 'prepare', image: 'public.ecr.aws/docker/library/busybox:1', command: ['echo', 'prepared'] },
    {
      id: 'publish',
      image: 'public.ecr.aws/docker/library/busybox:1',
      command: ['echo', 'published'],
      depends_on: { fetch: 'success', prepare: 'success' },
    },
  ],
});

new GoferService(app, 'Gofer', {
  description: 'Gofer: pipelines of short-lived container jobs',
  // An explicit environment, when the CDK knows one; any account and region otherwise.
  ...(process.env['CDK_DEFAULT_ACCOUNT'] &&
    process.env['CDK_DEFAULT_REGION'] && {
      env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
    }),
  pipelines: [example],
});
