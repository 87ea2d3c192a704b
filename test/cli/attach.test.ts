import { expect, test } from 'vitest';
import { createMemoryAttach } from '../attach/memory-attach.ts';
import { running, startWorld } from '../local/http/world.ts';
import { gofer } from './fake-io.ts';

async function world() {
  const { server, home, row } = await startWorld();
  const attach = createMemoryAttach();
  Object.assign(home, { attach });
  const cli = (line: string | readonly string[], stdin?: string) =>
    gofer(line, { fetch, env: { GOFER_API_BASE_URL: server.url }, ...(stdin !== undefined && { stdin }) });
  return { home, row, attach, cli };
}

test('gofer task attach types into the container, prints what comes back, and ends with the program', async () => {
  const { row, attach, cli } = await world();
  await row({ phase: 'granted', launch: 1, attempt: 1, launch_1: running });
  const { code, stdout, stderr } = await cli(
    ['task', 'attach', 'build', '1', 'compile', '--command', 'ls -la'],
    'hello\n',
  );
  // The echo gives back the end of what was typed too, by which it ends.
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'hello\n\x04', stderr: '' });
  expect(attach.opened).toEqual([['a', ['ls', '-la']]]);
});

test('gofer task attach says why it can not', async () => {
  const { home, cli } = await world();
  const early = await cli('task attach build 1 compile');
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('its container has not started yet') });
  const unknown = await cli('task attach build 1 nobody');
  expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining('task "nobody" does not exist') });
  Object.assign(home, { attach: undefined });
  const off = await cli('task attach build 1 compile');
  expect(off).toMatchObject({ code: 1, stderr: expect.stringContaining('start `gofer dev` with --attach') });
});

test('gofer event list picks by kind and pipeline', async () => {
  const { cli } = await world();
  const { stdout } = await cli('event list --pipeline build --kind queued_run,started_run');
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/)[1]),
  ).toEqual(['queued_run', 'started_run']);
  const refused = await cli('event list --kind queued');
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('query kind: "queued" is no kind of event'),
  });
});

test('gofer system shows and changes how many runs run at once', async () => {
  const { cli } = await world();
  expect((await cli('system get')).stdout).toMatch(/runs at once +2000/);
  expect((await cli('system update --max-runs 7')).stdout).toContain('at most 7 runs run at once');
  expect((await cli('system get')).stdout).toMatch(/runs at once +7\b/);
});
