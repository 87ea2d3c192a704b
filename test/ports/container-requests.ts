/** What tests of containers ask for: tasks of one run, the secrets that they may name, and what has become of them. */
import { expect } from 'vitest';
import type { LocalContainers } from '../../lib/local/containers/containers.ts';
import type { RunTaskRequest } from '../../lib/local/containers/request.ts';
import type { LogLine } from '../../lib/ports/logs.ts';

export const run = 'contract_1';

/** Characters of a secret, at most. */
export const largest = 64 * 1024;

const stored: Readonly<Record<string, string>> = {
  'default/build/pass/value': 'the "canary"\nof two lines',
  // Escaped, it is twice as long.
  'default/build/large/value': '"'.repeat(largest),
};

/** What every implementation under test finds in its store. */
export const readSecret = async (name: string): Promise<string | undefined> => stored[name];

type Options = {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stopTimeout?: number;
  readonly image?: string;
};

/** What the machine would send for a task; a text is a command of the shell. */
export async function request(
  containers: LocalContainers,
  task: string,
  command: string | readonly string[],
  { environment = {}, stopTimeout = 1, image = 'busybox:latest', secrets }: Options = {},
): Promise<RunTaskRequest> {
  const definition = {
    image,
    architecture: 'x86_64',
    stopTimeout,
    alwaysPull: false,
    ...(secrets && { secrets }),
  } as const;
  return {
    Cluster: 'gofer',
    TaskDefinition: await containers.define(definition),
    Group: `${run}/${task}/1`,
    Overrides: {
      ContainerOverrides: [
        {
          Name: 'task',
          Command: typeof command === 'string' ? ['sh', '-c', command] : command,
          Environment: Object.entries(environment).map(([Name, Value]) => ({ Name, Value })),
        },
      ],
    },
  };
}

export async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}

/** Containers that have not stopped. */
export const living = async (containers: LocalContainers) =>
  (await containers.listAll()).filter(({ lastStatus }) => lastStatus !== 'STOPPED');

/** The task's ARN once its container runs. */
export async function arnOf(containers: LocalContainers, task: string): Promise<string> {
  const { arn } = await expect
    .poll(() => running(containers, task), { timeout: 10_000, interval: 10 })
    .toBeDefined()
    .then(async () => (await running(containers, task)) ?? { arn: '' });
  return arn;
}

const running = async (containers: LocalContainers, task: string) =>
  (await containers.listAll()).find(
    ({ group, lastStatus }) => group === `${run}/${task}/1` && lastStatus === 'RUNNING',
  );

/** The task has written its first line. */
export async function written(containers: LocalContainers, task: string, log: (task: string) => Promise<LogLine[]>) {
  await arnOf(containers, task);
  await expect.poll(async () => (await log(task)).length, { timeout: 10_000, interval: 10 }).toBeGreaterThan(0);
}
