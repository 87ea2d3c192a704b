import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createExtensionHost } from '../../../lib/aws/extensions/host.ts';
import { ConflictError } from '../../../lib/errors.ts';
import type { ExtensionAnswer, ExtensionRequest } from '../../../lib/extension/exchange.ts';
import { findExtension } from '../../../lib/extension/extensions.ts';
import {
  type ExtensionItem,
  extensionKey,
  extensionTurnKey,
  type SeenContainer,
} from '../../../lib/store/items/extension.ts';
import { createMemoryTable } from '../../../lib/store/memory.ts';
import { createMemoryHome, dyingTable, type MemoryHome } from '../../memory-home.ts';

const seen: SeenContainer = { arn: 'arn:1', state: 'running', url: 'http://10.64.0.7:8082', since: 1, started: 2 };
const launch = (token: string) => ({ id: 'hooks', token, secret: `secret-of-${token}` }) as never;
const nameOf = (token: string) => `_extension/hooks/${token}/value`;

let home: MemoryHome;
/** What the extension was asked, and what it answers. */
let asked: ExtensionRequest[];
let answer: ExtensionAnswer;
/** How often the function that looks after extensions was called. */
let woken: number;

beforeEach(async () => {
  home = createMemoryHome();
  asked = [];
  answer = { status: 204, text: '' };
  woken = 0;
  await home.table.put({ ...extensionKey('hooks'), id: 'hooks', status: 'enabled', created: 1 });
});

function hostOn(table = home.table, wake = async () => void woken++) {
  return createExtensionHost({
    table,
    wake,
    secrets: home.secrets,
    exchange: async (request) => {
      asked.push(request);
      return answer;
    },
    now: home.now,
    // A tenth of a second of everybody's clock, and time for others to do their work.
    pause: async (milliseconds) => {
      home.pass(milliseconds / 1000);
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
}

const row = async () => (await findExtension(home, 'hooks')) as ExtensionItem;
const note = (more: Partial<SeenContainer> = {}) =>
  home.table.update(extensionKey('hooks'), { set: { seen: { ...seen, ...more } } });

describe('turns', () => {
  test('are taken one after the other', async () => {
    const [one, other] = [hostOn(), hostOn()];
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`${name} ends`);
    };
    await Promise.all([one.inTurn('hooks', work('one')), other.inTurn('hooks', work('other'))]);
    expect(steps).toEqual(['one begins', 'one ends', 'other begins', 'other ends']);
    expect(await home.table.get(extensionTurnKey('hooks'))).toBeUndefined();
  });

  test('of different extensions don’t wait for each other', async () => {
    const host = hostOn();
    await host.inTurn('hooks', () => host.inTurn('cron', async () => undefined));
  });

  test('are given back by work that is refused', async () => {
    const host = hostOn();
    await expect(host.inTurn('hooks', () => Promise.reject(new ConflictError('no')))).rejects.toThrow('no');
    expect(await host.inTurn('hooks', async () => 'mine')).toBe('mine');
  });

  test('of somebody who works long are waited for ten seconds, then it is a conflict', async () => {
    const host = hostOn();
    await home.table.put({ ...extensionTurnKey('hooks'), holder: 'other', until: home.now() + 60_000 });
    const before = home.now();
    await expect(host.inTurn('hooks', async () => 'mine')).rejects.toThrow(ConflictError);
    expect(home.now() - before).toBeLessThan(11_000);
  });

  test('of somebody who died are taken over when no function could live any more', async () => {
    const host = hostOn();
    await home.table.put({ ...extensionTurnKey('hooks'), holder: 'dead', until: home.now() + 60_000 });
    home.pass(55);
    expect(await host.inTurn('hooks', async () => 'mine')).toBe('mine');
    expect(await home.table.get(extensionTurnKey('hooks'))).toBeUndefined();
  });

  test('that were lost to somebody else are not given back in their place', async () => {
    const host = hostOn();
    await host.inTurn('hooks', async () => {
      await home.table.put({ ...extensionTurnKey('hooks'), holder: 'other', until: home.now() + 60_000 });
    });
    expect(await home.table.get(extensionTurnKey('hooks'))).toMatchObject({ holder: 'other' });
  });

  test('of the dead are looked into: what the extension was told is not known, so it is told once more', async () => {
    await note();
    await home.table.put({ ...extensionTurnKey('hooks'), holder: 'dead', until: home.now() - 1 });
    await hostOn().inTurn('hooks', async () => undefined);
    expect([(await row()).seen, woken]).toEqual([{ ...seen, untold: true }, 1]);
  });
});

describe('starting', () => {
  test('keeps the token with the secrets before the row says that it is the one', async () => {
    await note();
    await hostOn().start(launch('t1'));
    const { token, kept, seen: sight } = await row();
    expect([token, [...(kept ?? [])], sight, woken]).toEqual(['t1', ['t1'], undefined, 1]);
    expect(home.secrets.values.get(nameOf('t1'))).toBe('secret-of-t1');
  });

  test('of one that was uninstalled meanwhile keeps nothing', async () => {
    await home.table.delete(extensionKey('hooks'));
    await expect(hostOn().start(launch('t1'))).rejects.toThrow('was uninstalled meanwhile');
    expect([home.secrets.values.size, woken]).toEqual([0, 0]);
  });

  test('comes right within a minute when nobody can be woken', async () => {
    const said = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const host = hostOn(home.table, () => Promise.reject(new Error('throttled')));
    await host.start(launch('t1'));
    expect([(await row()).token, said.mock.calls.length]).toEqual(['t1', 1]);
    said.mockRestore();
  });

  test('leaves no value that the row does not know, wherever its process dies', async () => {
    for (let fatal = 1; fatal <= 2; fatal++) {
      home = createMemoryHome({ table: createMemoryTable() });
      await home.table.put({ ...extensionKey('hooks'), id: 'hooks', status: 'enabled', created: 1 });
      await expect(hostOn(dyingTable(home.table, fatal)).start(launch('t1'))).rejects.toThrow('died here');
      const { token, kept = new Set() } = await row();
      expect(token).toBeUndefined();
      expect([...home.secrets.values.keys()]).toEqual([...kept].map(nameOf));
      await hostOn().stop('hooks');
      expect(home.secrets.values.size).toBe(0);
    }
  });
});

describe('stopping', () => {
  beforeEach(async () => {
    await hostOn().start(launch('t1'));
    woken = 0;
  });

  test('asks it to end, then takes its token away', async () => {
    await note();
    await hostOn().stop('hooks');
    expect(asked).toMatchObject([
      { method: 'POST', url: 'http://10.64.0.7:8082/api/shutdown', headers: { authorization: 'Bearer secret-of-t1' } },
    ]);
    const { token, seen: sight, kept } = await row();
    expect([token, sight, kept ?? new Set(), home.secrets.values.size, woken]).toEqual([
      undefined,
      undefined,
      new Set(),
      0,
      1,
    ]);
  });

  test('does so although it does not answer', async () => {
    await note();
    answer = { failed: 'connect ECONNREFUSED' };
    await hostOn().stop('hooks');
    expect([(await row()).token, home.secrets.values.size]).toEqual([undefined, 0]);
  });

  test('does not speak to one that is not running', async () => {
    await hostOn().stop('hooks');
    expect([asked, (await row()).token]).toEqual([[], undefined]);
  });

  test('of one that was stopped, or is not there, is done already', async () => {
    await hostOn().stop('hooks');
    woken = 0;
    await hostOn().stop('hooks');
    await hostOn().stop('other');
    expect(woken).toBe(0);
  });

  test('is finished by whoever comes after one that died in the middle', async () => {
    for (let fatal = 1; fatal <= 2; fatal++) {
      await hostOn().start(launch(`t${fatal + 1}`));
      await expect(hostOn(dyingTable(home.table, fatal)).stop('hooks')).rejects.toThrow('died here');
      await hostOn().stop('hooks');
      expect([(await row()).token, [...home.secrets.values.keys()]]).toEqual([undefined, []]);
    }
  });
});

describe('who speaks to it', () => {
  test('has the address that was seen, and its token', async () => {
    const host = hostOn();
    await host.start(launch('t1'));
    await note();
    await (await host.client(await row())).shutdown();
    expect(asked).toMatchObject([
      { url: 'http://10.64.0.7:8082/api/shutdown', headers: { authorization: 'Bearer secret-of-t1' } },
    ]);
  });

  test.each<[string, Partial<ExtensionItem>, string]>([
    ['is not to run', {}, 'does not run; enable it'],
    ['waits for its container', { token: 't1' }, 'is starting; try again in a moment'],
    ['comes up', { token: 't1', seen: { ...seen, state: 'processing', url: '' } }, 'is starting'],
    [
      'has ended',
      { token: 't1', seen: { ...seen, state: 'exited', reason: 'out of memory' } },
      'does not run: out of memory',
    ],
    ['has no token any more', { token: 't0', seen }, 'does not run'],
  ])('is told 503 when it %s', async (_, more, problem) => {
    const refused = hostOn().client({ ...(await row()), ...more });
    await expect(refused).rejects.toMatchObject({ status: 503, message: expect.stringContaining(problem) });
    expect(asked).toEqual([]);
  });
});

describe('what is seen of it', () => {
  const host = () => hostOn();
  const item = { id: 'hooks' } as ExtensionItem;

  test('is nothing where it is not to run, also when a container still stops', () => {
    expect(host().sight(item)).toBeUndefined();
    expect(host().sight({ ...item, seen })).toBeUndefined();
  });

  test('is that it waits, until its container is noted', () => {
    expect(host().sight({ ...item, token: 't1' })).toMatchObject({
      state: 'processing',
      reason: 'waits for its container',
    });
    expect(host().sight({ ...item, token: 't1', seen })).toEqual({ state: 'running', url: seen.url, started: 2 });
  });

  test('names the log of that container', async () => {
    expect(await host().log({ ...item, token: 't1' })).toBeUndefined();
    expect(await host().log({ ...item, token: 't1', seen })).toEqual({ run: 'extensions', task: 'hooks', launch: 1 });
  });
});
