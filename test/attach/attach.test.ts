import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { listEvents } from '../../lib/events/events.ts';
import type { Session } from '../../lib/ports/attach.ts';
import type { TaskItem } from '../../lib/task/task.ts';
import { runs } from '../api/client.ts';
import { running, startWorld, stopped } from '../local/http/world.ts';
import { createMemoryAttach } from './memory-attach.ts';

const address = `${runs}/1/tasks/compile/attach`;
const alive: Partial<TaskItem> = { phase: 'granted', launch: 1, attempt: 1, launch_1: running };

async function world(row: Partial<TaskItem> = alive) {
  const { server, home, row: write } = await startWorld();
  const attach = createMemoryAttach();
  Object.assign(home, { attach });
  await write(row);
  const connect = (command: string) => {
    const socket = new WebSocket(
      `${server.url.replace('http', 'ws')}${address}?command=${encodeURIComponent(command)}`,
    );
    socket.on('error', () => undefined);
    onTestFinished(() => socket.terminate());
    return socket;
  };
  return { server, home, attach, connect };
}

const refusalOf = async (socket: WebSocket) => {
  const [, response] = await once(socket, 'unexpected-response');
  return { status: response.statusCode as number, body: JSON.parse(String(await response.toArray())) as unknown };
};

describe('a terminal over a WebSocket', () => {
  test('carries both ways as binary messages, and closes when the program ends', async () => {
    const { attach, connect } = await world();
    const socket = connect('sh -c "echo hello"');
    await once(socket, 'open');
    socket.send(Buffer.from([0xff, 0x00, 0x41]));
    const [bytes, binary] = await once(socket, 'message');
    expect([...(bytes as Buffer)]).toEqual([0xff, 0x00, 0x41]);
    expect(binary).toBe(true);
    socket.send('as text');
    expect(String((await once(socket, 'message'))[0])).toBe('as text');
    socket.send('exit');
    expect((await once(socket, 'close'))[0]).toBe(1000);
    expect(attach.opened).toEqual([['a', ['sh', '-c', 'echo hello']]]);
    expect(attach.closed()).toBe(1);
  });

  test('hangs up when the client goes', async () => {
    const { attach, connect } = await world();
    const socket = connect('sh');
    await once(socket, 'open');
    await vi.waitFor(() => expect(attach.opened).toHaveLength(1));
    socket.terminate();
    await vi.waitFor(() => expect(attach.closed()).toBe(1));
  });

  test('ends with the server, which says so', async () => {
    const { server, attach, connect } = await world();
    const socket = connect('sh');
    await once(socket, 'open');
    await vi.waitFor(() => expect(attach.opened).toHaveLength(1));
    const closed = once(socket, 'close');
    await server.close();
    expect((await closed)[0]).toBe(1001);
    expect(attach.closed()).toBe(1);
  });

  test('is an event of a kind of its own, which names the program and not its arguments', async () => {
    const { home, attach, connect } = await world();
    const socket = connect('mysql -psecret');
    await once(socket, 'open');
    await vi.waitFor(() => expect(attach.opened).toHaveLength(1));
    const told = (await listEvents(home)).map(({ kind }) => kind).filter((kind) => 'attached_task_execution' in kind);
    const ids = { namespace_id: 'default', pipeline_id: 'build', run_id: 1, task_execution_id: 'compile' };
    expect(told).toEqual([{ attached_task_execution: { ...ids, program: 'mysql', token_id: '' } }]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });
});

describe('refused is', () => {
  test.each<[string, Partial<TaskItem>, string]>([
    ['a task that has not started', {}, 'its container has not started yet'],
    ['a task that is over', { ...alive, status: 'successful', launch_1: stopped }, 'it is over: successful'],
  ])('%s', async (_, row, why) => {
    const { attach, connect } = await world(row);
    const message = `task "compile" has no container that runs; ${why}`;
    expect(await refusalOf(connect('sh'))).toMatchObject({ status: 409, body: { message } });
    expect(attach.opened).toEqual([]);
  });

  test('a command that is none', async () => {
    const { connect } = await world();
    expect(await refusalOf(connect(' '))).toMatchObject({ status: 400 });
    expect(await refusalOf(connect(`sh -c '`))).toMatchObject({ status: 400 });
  });

  test('everybody where it is not switched on, and told how to', async () => {
    const { home, connect } = await world();
    Object.assign(home, { attach: undefined });
    const body = {
      error_code: 'failed_precondition',
      message: expect.stringContaining('start `gofer dev` with --attach'),
    };
    expect(await refusalOf(connect('sh'))).toMatchObject({ status: 503, body });
  });

  test('a plain request, and one for a session of AWS', async () => {
    const { server } = await world();
    const plain = await fetch(`${server.url}${address}?command=sh`);
    expect([plain.status, await plain.json()]).toMatchObject([426, { error_code: 'upgrade_required' }]);
    const session = await fetch(`${server.url}${address}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command: 'sh' }),
    });
    expect([session.status, await session.json()]).toMatchObject([406, { error_code: 'no_session' }]);
  });
});

describe('where the client opens the session itself', () => {
  const session: Session = {
    session_id: 's',
    stream_url: 'wss://x',
    token: 't',
    target: 'ecs:c_t_r',
    region: 'eu-central-1',
  };

  test('it is handed over, and told as an event', async () => {
    const { server, home } = await world();
    const start = vi.fn(async () => session);
    Object.assign(home, { attach: { by: 'session', start } });
    const answer = await fetch(`${server.url}${address}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command: 'sh -l' }),
    });
    expect([answer.status, await answer.json()]).toEqual([201, { session }]);
    expect(start).toHaveBeenCalledWith('a', 'sh -l');
    expect((await listEvents(home)).some(({ kind }) => 'attached_task_execution' in kind)).toBe(true);
    const way = await fetch(`${server.url}${address}?command=sh`);
    expect([way.status, await way.json()]).toMatchObject([406, { error_code: 'no_websocket' }]);
  });
});
