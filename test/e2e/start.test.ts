import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from './folder.ts';
import { gofer } from './program.ts';
import { launch, startServer } from './server.ts';

const dev = (data: string, ...more: string[]) =>
  gofer(['dev', '--port', '0', '--containers', 'process', '--data', data, ...more]);

/** One line that says all, and exit code 1. */
async function refusal(ended: ReturnType<typeof gofer>): Promise<string> {
  const { code, stdout, stderr } = await ended;
  expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({ code: 1, stdout: '', lines: 2 });
  return stderr;
}

async function running(data: string) {
  const server = await startServer({ data, containers: 'process' });
  onTestFinished(() => server.stop().then(() => undefined));
  return server;
}

test('a port in use', async () => {
  const { url } = await running(await testFolder());
  const { port } = new URL(url);
  expect(await refusal(dev(await testFolder(), '--port', port))).toBe(
    `error: port ${port} on 127.0.0.1 is in use; choose another with --port, or stop what uses it\n`,
  );
});

test('a data folder that another server uses', async () => {
  const data = await testFolder();
  const { url } = await running(data);
  expect(await refusal(dev(data))).toMatch(
    /^error: data folder \S+ is in use by another server \(process \d+\); stop it, or choose another folder with --data\n$/,
  );
  // The first one has lost nothing by it.
  expect((await fetch(`${url}/api/namespaces`)).status).toBe(200);
});

test('a data folder that can’t be written', async () => {
  const file = join(await testFolder(), 'file');
  await writeFile(file, '');
  // Not by its mode: an administrator may write everywhere.
  for (const data of [file, join(file, 'data')])
    expect(await refusal(dev(data))).toMatch(
      /^error: data folder \S+ can't be written \(E\w+.*\); choose another with --data\n$/,
    );
});

test('Docker, asked for by name, that does not answer', async () => {
  const host = `unix://${join(await testFolder(), 'docker.sock')}`;
  const args = ['dev', '--port', '0', '--containers', 'docker', '--data', await testFolder()];
  expect(await refusal(gofer(args, { DOCKER_HOST: host }))).toMatch(
    /^error: Docker does not answer \(.*\); DOCKER_HOST is "unix:\S+docker\.sock": check it, or unset it to use the default socket\n$/,
  );
});

test('a server that was killed leaves no obstacle', async () => {
  const data = await testFolder();
  const { stop } = await startServer({ data, containers: 'process' });
  await stop('SIGKILL');
  // Another one was killed while it took over from an earlier one.
  await copyFile(join(data, 'server.json'), join(data, 'server.json.replacing'));
  const next = await running(data);
  expect((await fetch(`${next.url}/api/namespaces`)).status).toBe(200);
});

test('SIGTERM and SIGINT end a server with 0', async () => {
  const data = await testFolder();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { stop } = await startServer({ data, containers: 'process' });
    expect([signal, await stop(signal)]).toEqual([signal, 0]);
  }
});

test('of several servers started at once on the folder of a killed one, one has it', async () => {
  const data = await testFolder();
  const { stop } = await startServer({ data, containers: 'process' });
  await stop('SIGKILL');
  const starting = Array.from({ length: 4 }, () => launch({ data, containers: 'process' }));
  const started = await Promise.allSettled(starting.map(({ ready }) => ready));
  await Promise.all(starting.map(({ stop }) => stop()));
  const refusals = started.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  expect(refusals).toEqual(Array(3).fill(expect.stringMatching(/error: data folder \S+ is in use by another server/)));
});
