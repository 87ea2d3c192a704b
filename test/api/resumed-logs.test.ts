/** Logs with a secret over several lines, by the door that clients come back to with `Last-Event-ID`. */
import { beforeEach, expect, test } from 'vitest';
import { decodeEvents } from '../../lib/client/sse.ts';
import { writePosition } from '../../lib/logs/run-position.ts';
import { getRun } from '../../lib/run/runs.ts';
import { runKey, taskKey } from '../../lib/store/items/run.ts';
import { runName } from '../../lib/task/group.ts';
import { streamOf } from '../extension/memory-containers.ts';
import { hooks, startWorld, type World } from '../extension/world.ts';
import { configs, runs } from './client.ts';

/** A key of 130 bytes, as `base64` prints it: three lines. */
const key = 'k3y/'.repeat(33).slice(0, 130);
const printed =
  Buffer.from(key)
    .toString('base64')
    .match(/.{1,76}/g) ?? [];

let world: World;

beforeEach(async () => {
  world = await startWorld();
});

/** Texts of the lines after the event. */
async function read(target: string, after: string): Promise<string[]> {
  const { result } = await world.send(`GET ${target}`, {
    headers: { accept: 'text/event-stream', 'last-event-id': after },
  });
  const found: string[] = [];
  if (!result.stream || !('bytes' in result.stream)) return found;
  for await (const { event, data } of decodeEvents(result.stream.bytes(new AbortController().signal))) {
    if (event !== 'message') continue;
    const { text, lines = [{ text }] } = JSON.parse(data) as { text: string; lines?: { text: string }[] };
    found.push(...lines.map((line) => line.text));
  }
  return found;
}

async function runThatPrintsIt(): Promise<void> {
  const { home, logs, send } = world;
  const task = { id: 'compile', image: 'busybox', variables: { KEY: 'pipeline_secret{{ key }}' } };
  await send('POST /api/namespaces/default/pipelines/build/secrets', {
    body: { key: 'key', force: true, content: key },
  });
  await send(`POST ${configs}`, { body: { config: { id: 'build', tasks: [task] } } });
  await send(`POST ${runs}`, { body: { variables: {} } });
  const { uid } = await getRun(home, { namespace: 'default', pipeline: 'build', number: 1 });
  await home.table.update(taskKey(uid, 1, 'compile'), { set: { launch: 1, attempt: 1, status: 'successful' } });
  await home.table.update(runKey(uid, 1), { set: { state: 'complete' } });
  logs.write({ run: runName(uid, 1), task: 'compile', launch: 1 }, ...printed, 'after');
}

test.each(['0', '1', '2', '3'])('of a task, after line %s', async (line) => {
  await runThatPrintsIt();
  const rest = ['***', '***', '***', 'after'].slice(Number(line));
  expect(await read(`${runs}/1/tasks/compile/logs`, `1.${line}`)).toEqual(rest);
});

test.each(['1', '2'])('of a run, after line %s of a task', async (after) => {
  await runThatPrintsIt();
  const place = writePosition(new Map([['compile', { launch: 1, after }]]), ['compile']);
  expect(await read(`${runs}/1/logs`, place)).toEqual(['***', '***', 'after'].slice(Number(after) - 1));
});

test('of an extension', async () => {
  const { logs, send } = world;
  await send('POST /api/secrets/global', { body: { key: 'key', force: true, content: key, namespaces: ['.*'] } });
  await send('POST /api/extensions', { body: { ...hooks, settings: { greeting: 'global_secret{{ key }}' } } });
  logs.write(streamOf('hooks', 1), ...printed, 'after');
  await send('PATCH /api/extensions/hooks', { body: { enable: false } });
  expect(await read('/api/extensions/hooks/logs', '1.1')).toEqual(['***', '***', 'after']);
});
