import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { expect, onTestFinished, test } from 'vitest';
import { execTerminal } from '../../../lib/local/containers/docker-exec.ts';
import { createContainers } from '../../../lib/local/containers/select.ts';
import type { Terminal } from '../../../lib/ports/attach.ts';
import { failure, readSecret, request } from '../../ports/container-requests.ts';

async function running(kind: 'docker' | 'process') {
  const data = await mkdtemp(join(tmpdir(), 'gofer-attach-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const runs = Promise.withResolvers<string>();
  const containers = await createContainers({
    kind,
    data,
    readSecret,
    notice: () => {},
    emit: async ({ detail }) => {
      if (detail.lastStatus === 'RUNNING') runs.resolve(detail.taskArn);
    },
  });
  onTestFinished(() => containers.close());
  const ended = failure(containers.runTask(await request(containers, 'attach', 'sleep 300')));
  const arn = await runs.promise;
  onTestFinished(async () => {
    await containers.stop(arn, 'the test is over');
    await ended;
  });
  return { containers, arn };
}

async function open(program: readonly string[]): Promise<Terminal> {
  const { containers, arn } = await running('docker');
  if (containers.attach?.by !== 'terminal') throw new Error('there is no terminal');
  return containers.attach.open(arn, program);
}

async function read(terminal: Terminal): Promise<string> {
  let text = '';
  for await (const bytes of terminal.output) text += Buffer.from(bytes);
  return text;
}

test('a program runs in the container that is there, with a terminal, and its end ends the output', async () => {
  const terminal = await open(['sh']);
  await terminal.write(
    Buffer.from('test -t 0 && echo on-a-$(echo terminal); cat /proc/1/cmdline | tr "\\0" " "; exit\n'),
  );
  const text = await read(terminal);
  expect(text).toContain('on-a-terminal');
  expect(text).toContain('sleep 300');
});

test('hanging up ends the shell, which would live in the container for ever', async () => {
  const { containers, arn } = await running('docker');
  if (containers.attach?.by !== 'terminal') throw new Error('there is no terminal');
  const { open } = containers.attach;
  const shell = await open(arn, ['sh']);
  shell.close();
  await read(shell);
  const shells = async () => (await read(await open(arn, ['ps', '-o', 'args']))).match(/^sh\s*$/gm) ?? [];
  await expect.poll(shells, { timeout: 10_000, interval: 100 }).toEqual([]);
});

test('a program that the image has not says so', async () => {
  expect(await read(await open(['no-such-program']))).toContain('no-such-program');
});

test('a container that has stopped meanwhile is refused', async () => {
  const { containers } = await running('docker');
  if (containers.attach?.by !== 'terminal') throw new Error('there is no terminal');
  await expect(containers.attach.open('unknown', ['sh'])).rejects.toThrow('the container has stopped meanwhile');
  const gone = new Docker().getContainer('gofer-no-such-container');
  await expect(execTerminal(gone, ['sh'], new AbortController().signal)).rejects.toMatchObject({ status: 409 });
});

test('processes have no container to go into', async () => {
  const { containers } = await running('process');
  expect(containers.attach).toBeUndefined();
});
