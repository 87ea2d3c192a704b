import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { descendantsOf, endAll } from './descendants.ts';

const waits = 'setInterval(() => {}, 1e6);';
const inherits =
  "require('node:child_process').spawn(process.execPath, ['-e', process.argv[1]], { stdio: 'inherit' });";

/** Its output ends when the last process that holds it does. */
async function start(...scripts: readonly [string, ...string[]]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', ...scripts], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('what a process has left running is ended, and nothing else', async () => {
  const other = await start(`console.log('up'); ${waits}`);
  const parent = await start(`${inherits} ${waits}`, `console.log('up'); ${waits}`);
  const below = await descendantsOf(Number(parent.pid));
  onTestFinished(() => endAll(below));
  expect(below).toMatchObject([{ parent: parent.pid }]);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const released = once(parent, 'close');
  await endAll([...below, { pid: Number(other.pid), parent: 1, command: 'an earlier process' }]);
  await released;
  expect([other.exitCode, other.signalCode]).toEqual([null, null]);
});
