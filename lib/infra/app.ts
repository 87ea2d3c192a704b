/** The project's own stack, from the settings under `gofer` in the context. */
import { type App, Stack } from 'aws-cdk-lib';
import { Gofer } from './gofer.ts';
import { addPipelines } from './pipeline-folder.ts';
import { readAppSettings } from './settings.ts';

export async function addGofer(app: App): Promise<Gofer> {
  const { stackName, pipelines, ...props } = readAppSettings(app.node.tryGetContext('gofer'));
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  const stack = new Stack(app, stackName, {
    description: 'Gofer: pipelines of short-lived container jobs',
    // An explicit environment, when the CDK knows one; any account and region otherwise.
    ...(account && region && { env: { account, region } }),
  });
  // The only thing in its stack, it needs no name of its own there.
  const gofer = new Gofer(stack, 'Default', props);
  if (pipelines) await addPipelines(gofer, pipelines);
  return gofer;
}
