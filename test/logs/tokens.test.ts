/** Tokens that containers are given: where one prints its own, logs don't show it, however it is written. */
import { describe, expect, test } from 'vitest';
import { injectIntoRun } from '../../lib/access/injected.ts';
import { hiddenIn } from '../../lib/logs/hidden.ts';
import { maskLines } from '../../lib/logs/masked.ts';
import { getRun } from '../../lib/run/runs.ts';
import { apiTokenName } from '../../lib/secret/name.ts';
import { groupOf } from '../../lib/task/group.ts';
import { configs, runs, startApi } from '../api/client.ts';
import { createMemoryHome } from '../memory-home.ts';

/** A run whose container has its token, and what a log of its shows. */
async function runWithToken(kind: 'local' | 'aws') {
  const home = createMemoryHome({ settings: { kind } });
  const send = await startApi(home);
  const task = { id: 'compile', image: 'busybox', inject_api_token: true };
  await send(`POST ${configs}`, { body: { config: { id: 'build', tasks: [task] } } });
  await send(`POST ${runs}`, { body: { variables: {} } });
  const { uid } = await getRun(home, { namespace: 'default', pipeline: 'build', number: 1 });
  const launch = { uid, number: 1, task: 'compile', launch: 1 };
  const name = apiTokenName({ namespace: 'default', pipeline: 'build' });
  const token = kind === 'aws' ? home.secrets.values.get(name) : await injectIntoRun(home, groupOf(launch));
  const shown = async (...lines: string[]) => {
    const mask = maskLines(await hiddenIn(home, launch));
    return lines.map((text) => {
      const line = { id: '1', time: 0, source: 'stdout', data: Buffer.from(text), complete: true } as const;
      return Buffer.from(mask(line).data).toString();
    });
  };
  return { home, name, token: token ?? '', shown };
}

describe.each(['local', 'aws'] as const)('%s: a container’s token is taken out of its log', (kind) => {
  test('as it is', async () => {
    const { token, shown } = await runWithToken(kind);
    expect(token).toMatch(/^gofer_/);
    expect(await shown(`token ${token}.`)).toEqual(['token ***.']);
  });

  test('over two lines', async () => {
    const { token, shown } = await runWithToken(kind);
    expect(await shown(`token ${token.slice(0, 30)}`, `${token.slice(30)}.`)).toEqual(['token ***', '***.']);
  });

  test('in base64 that a program has wrapped', async () => {
    const { token, shown } = await runWithToken(kind);
    const text = Buffer.from(`bearer ${token}`).toString('base64');
    const [first = '', second] = await shown(text.slice(0, 76), text.slice(76));
    expect(Buffer.from(first.replace('***', ''), 'base64').toString()).toMatch(/^bearer g?o?$/);
    expect(second).toMatch(/^\*\*\*=*$/);
  });
});

test('aws: the token before the last one is taken out as well', async () => {
  const { home, name, token, shown } = await runWithToken('aws');
  await home.secrets.put(name, 'the next one');
  expect(await shown(token.slice(0, 30), token.slice(30))).toEqual(['***', '***']);
});
