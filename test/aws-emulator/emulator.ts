/** An AWS account of its own on this machine: MiniStack, from PyPI, with its deviations from AWS put right. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { descendantsOf, endAll } from './descendants.ts';
import { python } from './python.ts';

const start = fileURLToPath(new URL('start.py', import.meta.url));

/** It stays after the tests: what went wrong in there is told nowhere else. */
const log = fileURLToPath(new URL('../../node_modules/.cache/aws-emulator.log', import.meta.url));

export type Emulator = {
  readonly url: string;
  /** What its containers carry in the label `ministack.instance`. */
  readonly identity: string;
  /** For everything that is to take it for AWS: this machine's own AWS settings are not in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

export const account = '000000000000';
export const region = 'us-east-1';

const name = 'gofer-test';

/** `folder` takes what it keeps in files. */
export async function startEmulator(folder: string): Promise<Emulator> {
  const interpreter = await python();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...machine(), ...settings(url) };
  await mkdir(dirname(log), { recursive: true });
  const written = await open(log, 'w');
  const child = spawn(interpreter, [start], {
    env: {
      ...env,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      TMPDIR: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      MINISTACK_HOSTNAME: name,
      // Seconds that Docker has to create and start a container; the emulator's own 10 are not enough for 30 at once.
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html (ECS_CONTAINER_CREATE_TIMEOUT)
      MINISTACK_DOCKER_TIMEOUT: '240',
    },
    stdio: ['ignore', written.fd, written.fd],
  });
  await written.close();
  try {
    await answers(child, url);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`the emulator did not start: ${(await readFile(log, 'utf8')).slice(-2000)}`, { cause: error });
  }
  return { url, identity: `${name}:${port}`, env, stop: () => stop(child) };
}

/** This machine's environment without anything that leads to a real account; functions run on the Node of the tests. */
function machine(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK|GOFER|VITEST)_/.test(name));
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return { ...(Object.fromEntries(own) as Record<string, string>), PATH: path };
}

const settings = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: account,
  AWS_SECRET_ACCESS_KEY: 'of no meaning',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_CONFIG_FILE: join(tmpdir(), 'gofer-no-aws-config'),
  AWS_SHARED_CREDENTIALS_FILE: join(tmpdir(), 'gofer-no-aws-credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port of this machine is free');
  return address.port;
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  while (child.exitCode === null) {
    const response = await fetch(`${url}/_ministack/health`, { signal }).catch(() => undefined);
    if (response?.ok) return;
    signal.throwIfAborted();
    await sleep(100);
  }
  throw new Error(`it ended with exit code ${child.exitCode}`);
}

/** Functions that still work, as one that streams to a reader, would live on in processes of their own. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  // Without `ps` they stay.
  const functions = await descendantsOf(child.pid).catch(() => []);
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(impatient);
  await endAll(functions);
}
