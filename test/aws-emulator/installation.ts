/** Gofer, deployed to an emulated AWS account: what a team has after `cdk deploy`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { Installation } from '../e2e/installation.ts';
import { createUser } from '../e2e/user.ts';
import { deploy, type Outputs } from './deploy.ts';
import { startEmulator } from './emulator.ts';

export type AwsInstallation = Installation & { readonly outputs: Outputs };

const docker = new Docker();

export async function onAws(): Promise<AwsInstallation> {
  const folder = await mkdtemp(join(tmpdir(), 'gofer-aws-'));
  const emulator = await startEmulator(folder);
  const stop = async () => {
    await emulator.stop();
    await removeContainers(emulator.identity);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const outputs = await deploy(emulator, folder);
    const url = hereOf(outputs['ApiUrl'] ?? '', emulator.url);
    return { url, token: await firstToken(url), outputs, living, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The API's own host name leads to AWS; the emulator also answers for it below a path. */
function hereOf(apiUrl: string, emulator: string): string {
  const { hostname, pathname } = new URL(apiUrl);
  return `${emulator}/_aws/execute-api/${hostname.split('.')[0]}${pathname}`;
}

async function firstToken(url: string): Promise<string> {
  const { status, answer } = await createUser({ url }).ask('POST', '/api/tokens/bootstrap', {});
  if (status !== 201) throw new Error(`no first token: ${status} ${answer}`);
  return (JSON.parse(answer) as { secret: string }).secret;
}

/** A task's variables name its run. */
const living: Installation['living'] = async ({ pipeline, run }) => {
  const containers = await docker.listContainers({ filters: { label: ['ministack=ecs'] } });
  const described = await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).inspect()));
  const variables = [`GOFER_PIPELINE_ID=${pipeline}`, `GOFER_RUN_ID=${run}`];
  return described.filter(({ Config }) => variables.every((each) => Config.Env.includes(each))).map(({ Id }) => Id);
};

async function removeContainers(identity: string): Promise<void> {
  const left = await docker.listContainers({ all: true, filters: { label: [`ministack.instance=${identity}`] } });
  await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
}
