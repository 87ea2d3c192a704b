/** Writes of secrets that nobody knows the end of: the store has the value, the table was not told. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Home } from '../../lib/home.ts';
import { hiddenIn } from '../../lib/logs/hidden.ts';
import { maskLines } from '../../lib/logs/masked.ts';
import { configs, runs, type Send, startApi } from '../api/client.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';

const secrets = '/api/namespaces/default/pipelines/build/secrets';
const globals = '/api/secrets/global';

let home: MemoryHome;
let send: Send;

beforeEach(async () => {
  home = createMemoryHome();
  send = await startApi(home);
});

const register = (reference: string) => {
  const task = { id: 'compile', image: 'busybox', variables: { PASS: `${reference}{{ pass }}` } };
  return send(`POST ${configs}`, { body: { config: { id: 'build', tasks: [task] } } });
};
const put = (content: string, by = send) => by(`POST ${secrets}`, { body: { key: 'pass', content, force: true } });
const putGlobal = (namespaces: readonly string[], by = send) =>
  by(`POST ${globals}`, { body: { key: 'pass', content: namespaces.join(), force: true, namespaces } });

/** The store keeps the value, and its answer gets lost. */
const withLostAnswers = (): Home => ({
  ...home,
  secrets: {
    ...home.secrets,
    put: async (name, value) => {
      await home.secrets.put(name, value);
      throw new Error('no answer');
    },
  },
});

/** The writer dies once the value is stored: the table hears of it no more. */
function withDeath(): Home {
  let dead = false;
  return {
    ...home,
    table: {
      ...home.table,
      update: async (...call) => {
        if (dead) throw new Error('dead');
        return home.table.update(...call);
      },
    },
    secrets: {
      ...home.secrets,
      put: async (name, value) => {
        await home.secrets.put(name, value);
        dead = true;
      },
    },
  };
}

describe.each([
  ['its answer was lost', withLostAnswers],
  ['its writer died', withDeath],
])('a value that was stored, but %s', (_, failing) => {
  let broken: Send;
  beforeEach(async () => {
    broken = await startApi(failing(), { report: () => {} });
  });

  test('is given to no namespace that its own list excludes, nor to one that the former did', async () => {
    await putGlobal(['.*']);
    expect((await register('global_secret')).json['warnings']).toBeUndefined();
    expect((await putGlobal(['^team-'], broken)).status).toBe(500);
    const warnings = [expect.stringContaining('global secret "pass" does not exist for namespace "default"')];
    expect((await register('global_secret')).json['warnings']).toEqual(warnings);
    home.pass(120);
    // A second one that fails takes nothing of the first one's list away.
    expect((await putGlobal(['.*'], await startApi(failing(), { report: () => {} }))).status).toBe(500);
    expect((await register('global_secret')).json['warnings']).toEqual(warnings);
    home.pass(120);
    expect((await putGlobal(['.*'])).status).toBe(201);
    expect((await register('global_secret')).json['warnings']).toBeUndefined();
  });

  test('is masked, as the one before', async () => {
    await register('pipeline_secret');
    await put('value-before');
    expect((await send(`POST ${runs}`, { body: { variables: {} } })).status).toBe(201);
    const pipeline = await home.table.get({ pk: 'NAMESPACE#default', sk: 'build' });
    const shown = async (text: string) => {
      const mask = maskLines(
        await hiddenIn(home, { uid: String(pipeline?.['uid']), number: 1, task: 'compile', launch: 1 }),
      );
      const line = { id: '1', time: 0, source: 'stdout', data: Buffer.from(text), complete: true } as const;
      return Buffer.from(mask(line).data).toString();
    };
    expect(await shown('value-before')).toBe('***');
    expect((await put('value-after', broken)).status).toBe(500);
    expect(await shown('value-after value-before')).toBe('*** ***');
  });

  test('can be deleted, though it was the first', async () => {
    await register('pipeline_secret');
    expect((await put('value', broken)).status).toBe(500);
    expect((await send(`GET ${secrets}/pass`)).status).toBe(404);
    home.pass(120);
    expect((await send(`DELETE ${secrets}/pass`)).status).toBe(204);
    expect(home.secrets.values.size).toBe(0);
  });
});
