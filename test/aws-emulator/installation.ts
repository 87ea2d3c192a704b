/** Gofer, deployed to an emulated AWS account: what a team has after `cdk deploy`. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import type { Installation } from '../e2e/installation.ts';
import { type Cdk, type CdkApp, createCdk, type Outputs } from './deploy.ts';
import { type Emulator, startEmulator } from './emulator.ts';

export type AwsInstallation = Installation & {
  readonly token: string;
  /** What the app works from. */
  readonly folder: string;
  readonly outputs: Outputs;
  readonly emulator: Emulator;
  readonly cdk: Cdk;
};

const docker = new Docker();
const commandLine = fileURLToPath(new URL('../../bin/gofer.ts', import.meta.url));

export type AwsOptions = {
  /** As in cdk.json. */
  readonly settings?: object;
  /** Default: the project's own. It is put into `folder` first. */
  readonly app?: CdkApp & { readonly putInto: (folder: string) => Promise<void> };
  /** Sees the account as it is without Gofer. */
  readonly before?: (emulator: Emulator) => Promise<void>;
};

export async function onAws({ settings, app, before }: AwsOptions = {}): Promise<AwsInstallation> {
  const folder = await mkdtemp(join(tmpdir(), 'gofer-aws-'));
  const emulator = await startEmulator(folder);
  const stop = async () => {
    await emulator.stop();
    await removeContainers(emulator.identity);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await app?.putInto(folder);
    const cdk = createCdk(emulator, folder, app);
    await cdk.bootstrap();
    await before?.(emulator);
    const outputs = await cdk.deploy(settings);
    const url = hereOf(outputs['ApiUrl'] ?? '', emulator.url);
    const token = await firstToken(url, emulator, app?.stack);
    return { url, token, folder, outputs, emulator, cdk, living, stop };
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

/** As a person gets it, but for the address: with credentials of the account, which may read the stack's one-time code. */
async function firstToken(url: string, { env }: Emulator, stack = 'Gofer'): Promise<string> {
  const args = ['token', 'bootstrap', '--aws', '--stack', stack, '--api-base-url', url];
  const { stdout } = await promisify(execFile)(process.execPath, [commandLine, ...args], { env });
  return stdout.trim();
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
