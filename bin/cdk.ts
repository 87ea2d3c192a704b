/** The project's own CDK app: `npx cdk deploy`. What it may set stands under `gofer` in cdk.json. */
import { App } from 'aws-cdk-lib';
import { addGofer } from '../lib/infra/app.ts';

await addGofer(new App());
