import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { decodeEvents, type ServerSentEvent } from '../../../lib/client/sse.ts';
import type { RunLogEvent, RunRef } from '../../../lib/client/types.ts';
import { runsPath, task, until } from '../user.ts';
import type { World } from './world.ts';

const address = (url: string, ref: RunRef, id: string) => `${url}${runsPath(ref)}/${ref.run}/tasks/${id}/logs`;

type Asked = { readonly token: string | undefined; readonly after?: string };

async function events(log: string, { token, after }: Asked): Promise<ServerSentEvent[]> {
  const headers = {
    accept: 'text/event-stream',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(after !== undefined && { 'last-event-id': after }),
  };
  const response = await fetch(log, { headers });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const found: ServerSentEvent[] = [];
  for await (const event of decodeEvents(response.body ?? new ReadableStream())) found.push(event);
  return found;
}

const told = ({ data }: ServerSentEvent) => {
  const { source, text } = JSON.parse(data) as { source: string; text: string };
  return [source, text];
};

/** What a container wrote, and the ways to read it. */
export function logs({ user, webSockets, streams, tellsOutputs }: World) {
  // Two pipes have no order between them but time's.
  const alternate =
    'for i in 1 2 3; do echo "out $i"; sleep 0.2; echo "err $i" >&2; sleep 0.2; done; printf "no newline"';
  const alternating = [
    ...[1, 2, 3].flatMap((i) => [
      ['stdout', `out ${i}`],
      [tellsOutputs ? 'stderr' : 'stdout', `err ${i}`],
    ]),
    ['stdout', 'no newline'],
  ];

  test('both outputs are kept in order', async () => {
    const { execute, text } = user();
    const { ref } = await execute([task('talk', alternate)]);
    expect(await text(ref, 'talk')).toBe(alternating.map(([, line]) => `${line}\n`).join(''));
  });

  test.skipIf(!streams)('a log is read as events, and as events after the last one seen', async () => {
    const { url, token, execute } = user();
    const { ref } = await execute([task('talk', alternate)]);
    const all = await events(address(url, ref, 'talk'), { token });
    expect(all.slice(0, -1).map(told)).toEqual(alternating);
    expect(all.at(-1)?.event).toBe('end');
    const rest = await events(address(url, ref, 'talk'), { token, after: all[2]?.id ?? '' });
    expect(rest.slice(0, -1).map(told)).toEqual(alternating.slice(3));
  });

  test.skipIf(!streams)('lines arrive while their task runs, and the stream ends with it', async () => {
    const { url, token, client, up, begin, finished, wrote } = user();
    const ref = await begin(await up([task('live', until('echo last; exit 0'))]));
    const whole = events(address(url, ref, 'live'), { token });
    await wrote(ref, 'live', 'ready');
    expect((await client.tasks.get({ ...ref, task: 'live' })).task_execution.state).toBe('running');
    await client.tasks.cancel({ ...ref, task: 'live' });
    expect((await whole).slice(0, -1).map(told)).toEqual(
      expect.arrayContaining([
        ['stdout', 'ready'],
        ['stdout', 'last'],
      ]),
    );
    await finished(ref);
  });

  test.skipIf(!streams)('the logs of all tasks come over one connection, to the end of the run', async () => {
    const { url, token, client, up, begin, finished } = user();
    const after = (id: string) => ({ depends_on: { [id]: 'Success' } });
    const wide = Array.from({ length: 8 }, (_, i) => task(`part-${i}`, `seq 1 200; echo "end ${i}"`));
    const tasks = [...wide, task('last', 'echo over', after('part-0')), task('never', 'echo no', after('last'))];
    const ref = await begin(await up(tasks));
    const found: RunLogEvent[] = [];
    let last: string | undefined;
    // Left after the first event, and taken up where it was.
    for await (const event of client.logs.followRun(ref)) {
      found.push(event);
      last = event.id;
      break;
    }
    for await (const event of client.logs.followRun(ref, { after: last })) found.push(event);
    expect((await client.runs.get(ref)).run.state).toBe('complete');
    const texts = (id: string) =>
      found.flatMap(({ lines }) => lines.filter((line) => line.task === id).map(({ text }) => text));
    const numbers = Array.from({ length: 200 }, (_, i) => String(i + 1));
    for (const i of wide.keys()) expect(texts(`part-${i}`)).toEqual([...numbers, `end ${i}`]);
    expect(texts('last')).toEqual(['over']);
    expect(found.flatMap(({ ended }) => ended).sort()).toEqual(tasks.map(({ id }) => id).sort());
    await finished(ref);
    const all = await events(`${url}${runsPath(ref)}/${ref.run}/logs`, { token });
    expect(all.at(-1)?.event).toBe('end');
    const again = all.slice(0, -1).flatMap(({ data }) => (JSON.parse(data) as RunLogEvent).lines);
    expect(again).toHaveLength(found.flatMap(({ lines }) => lines).length);
  });

  test('none of 20,000 lines is lost', async () => {
    const { execute, lines } = user();
    const { ref } = await execute([task('count', 'seq 1 20000')]);
    expect(await lines(ref, 'count')).toEqual(Array.from({ length: 20_000 }, (_, i) => String(i + 1)));
  });

  test.skipIf(!webSockets)('a WebSocket gets a message a line, and is closed when the log ends', async () => {
    const { url, execute } = user();
    const { ref } = await execute([task('talk', 'echo one; echo "zwöi"')]);
    const socket = new WebSocket(address(url, ref, 'talk').replace('http', 'ws'));
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    const [code] = (await once(socket, 'close')) as [number];
    expect([messages, code]).toEqual([['one\n', 'zwöi\n'], 1000]);
  });

  test('a task that was skipped has an empty log', async () => {
    const { execute, text } = user();
    const { ref } = await execute([
      task('fails', 'exit 1'),
      task('skipped', 'echo never', { depends_on: { fails: 'Success' } }),
    ]);
    expect(await text(ref, 'skipped')).toBe('');
  });
}
