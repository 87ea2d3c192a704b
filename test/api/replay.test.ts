import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createAuthenticate } from '../../lib/access/caller.ts';
import { operations } from '../../lib/api/operations.ts';
import type { Home } from '../../lib/home.ts';
import { getRun } from '../../lib/run/runs.ts';
import { runKey, taskKey } from '../../lib/store/items/run.ts';
import { createMemoryHome } from '../memory-home.ts';
import { type Answer, type Send, startApi } from './client.ts';

/** Exchanges of Gofer's own clients with the original server, in the order they happened. */
type Exchange = {
  readonly request: string;
  readonly body?: unknown;
  readonly status: number;
  readonly response: unknown;
  readonly note?: string;
};

const recorded = JSON.parse(
  readFileSync(new URL('./contract/recorded.json', import.meta.url), 'utf8'),
) as readonly Exchange[];

/** Where the original is wrong: what to answer instead, by what the recording notes or by the request. */
const better: Readonly<Record<string, number>> = {
  'a cycle': 400,
  'unknown dependency': 400,
  'no tasks': 400,
  'unknown namespace': 404,
  'no token': 401,
  'GET /api/namespaces/default/pipelines/build/objects/nothing': 404,
};

/** A version header may be absent. */
const leftOut = ['no version header'];

const served = operations.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}(\\?.*)?$`),
}));

function isServed({ request, note = '' }: Exchange): boolean {
  const [method, target = ''] = request.split(' ');
  if (target === '/api/nothing') return true;
  return !leftOut.includes(note) && served.some((each) => each.method === method && each.pattern.test(target));
}

/** Keys and the kinds of their values; the values themselves where the contract has an enumeration. */
function shapeOf(value: unknown, key = ''): unknown {
  if (Array.isArray(value))
    return ordered(value, key)
      .slice(0, 1)
      .map((inner) => shapeOf(inner, key));
  if (value === null) return null;
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner, name)]));
  }
  return ['state', 'status', 'source', 'reason'].includes(key) ? value : typeof value;
}

/** The original lists tasks and variables in no order. */
function ordered(list: readonly unknown[], key: string): readonly unknown[] {
  const by = { task_executions: 'task_id', variables: 'source' }[key];
  if (!by) return list;
  const rank = (item: unknown) => String((item as Record<string, unknown>)[by]);
  return list.toSorted((a, b) => rank(a).localeCompare(rank(b)));
}

const build = { namespace: 'default', pipeline: 'build' };

/** Writes what the engine would have: here nothing runs. */
async function finish(home: Home, number: number, tasks: Readonly<Record<string, number>>): Promise<void> {
  const { uid } = await getRun(home, { ...build, number });
  for (const [task, exit_code] of Object.entries(tasks)) {
    const facts = { arn: 'arn', state: 'STOPPED', started: 1, stopped: 2, exit_code } as const;
    const reason = { reason: 'abnormal_exit', description: `exited with ${exit_code}` };
    const ended = { launch: 1, launch_1: facts, ended: 2, ...(exit_code && { reason }) };
    const set = { ...ended, status: exit_code ? 'failed' : 'successful' };
    await home.table.update(taskKey(uid, number, task), { set });
  }
  const failed = Object.values(tasks).some(Boolean);
  const reason = { reason: 'abnormal_exit', description: 'a task failed' };
  const outcome = { state: 'complete', status: failed ? 'failed' : 'successful', ...(failed && { reason }) };
  await home.table.update(runKey(uid, number), { set: { ...outcome, started: 1, ended: 2 } });
}

/** What happened before an exchange without being recorded. */
async function prepare(home: Home, send: Send, { request, note }: Exchange, headers: Record<string, string>) {
  if (request.endsWith('GET /api/namespaces/default/pipelines/build/runs')) {
    await finish(home, 1, { always: 0, cleanup: 0, first: 0, fails: 3 });
    await finish(home, 2, { first: 0 });
  }
  if (request.endsWith('/slow/runs/1') && note === 'while it runs') {
    const task = { id: 'sleeps', image: 'busybox:latest', command: ['sleep', '30'] };
    const config = { id: 'slow', name: 'Slow', tasks: [task] };
    const slow = '/api/namespaces/default/pipelines/slow';
    await send(`POST ${slow}/configs`, { body: { config }, headers });
    await send(`POST ${slow}/runs`, { body: { variables: {} }, headers });
    const { uid } = await getRun(home, { namespace: 'default', pipeline: 'slow', number: 1 });
    const launch_1 = { arn: 'arn', state: 'RUNNING', started: 1 } as const;
    await home.table.update(taskKey(uid, 1, 'sleeps'), { set: { phase: 'granted', launch: 1, launch_1 } });
  }
}

test('Gofer’s own clients get the answers that they know', async () => {
  const home = createMemoryHome();
  let token = '';
  let readers = '';
  const send = await startApi(home, { authenticate: createAuthenticate(home) });
  const wrong: unknown[] = [];
  const exchanges = recorded.filter(isServed);

  for (const exchange of exchanges) {
    const { request, note = '', status, response } = exchange;
    const others = { 'wrong token': 'Bearer wrong', 'no token': '', 'token of role readers': `Bearer ${readers}` };
    const bearer = (others as Readonly<Record<string, string>>)[note] ?? `Bearer ${token}`;
    const headers = { 'Gofer-Api-Version': 'v0', ...(bearer && { Authorization: bearer }) };
    await prepare(home, send, exchange, headers);
    // An unchanged config is no new version here, and the exchanges that follow speak of one.
    const body = note === 'the same again' ? changed(exchange.body) : exchange.body;
    const answer = await send(request, { body, headers });
    if (request.endsWith('/bootstrap') && answer.json['secret']) token = String(answer.json['secret']);
    if (request.endsWith('/tokens')) readers = String(answer.json['secret']);

    const wanted = better[note] ?? better[request] ?? status;
    if (answer.status !== wanted) wrong.push({ request, note, wanted, got: answer.status, ...answer.json });
    else if (wanted === status && response !== null) {
      expect
        .soft(shapeOf((await bytesOf(answer)) ?? answer.json), `${request} ${note}`)
        .toMatchObject(shapeOf(response) as object);
    }
  }
  expect(wrong).toEqual([]);
  expect(exchanges.length).toBeGreaterThan(50);
});

/** As the recording writes what isn't JSON. */
async function bytesOf({ result: { stream } }: Answer): Promise<{ readonly bytes: string } | undefined> {
  if (!stream || !('bytes' in stream)) return undefined;
  return { bytes: await text(stream.bytes(new AbortController().signal)) };
}

function changed(body: unknown): unknown {
  const { config } = body as { config: object };
  return { config: { ...config, description: 'changed' } };
}
