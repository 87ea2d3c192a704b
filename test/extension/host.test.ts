import { describe, expect, test, vi } from 'vitest';
import type { ExtensionLaunch } from '../../lib/extension/host.ts';
import { LocalExtensionHost } from '../../lib/local/extensions/host.ts';
import { createMemoryContainers } from './memory-containers.ts';

const secret = 'a bearer';

function start() {
  const containers = createMemoryContainers();
  let now = 0;
  const pauses: number[] = [];
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds);
    now += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  };
  const host = new LocalExtensionHost({ containers, now: () => now, pause });
  const launch: ExtensionLaunch = {
    id: 'hooks',
    image: 'hooks:1',
    token: 'its-id',
    secret,
    environment: ({ bind }) => ({ GOFER_EXTENSION_SYSTEM_BIND_ADDRESS: bind }),
    handed: async () => ({ secrets: { GOFER_EXTENSION_SYSTEM_SECRET: secret } }),
    ready: async () => {},
  };
  return { containers, host, launch, pauses, pass: (milliseconds: number) => (now += milliseconds) };
}

describe('an extension that ends again and again', () => {
  test('is started after longer and longer rests, at most a minute', async () => {
    const { containers, host, launch, pauses } = start();
    containers.broken.set('hooks:1', 'no');
    await expect(host.start(launch)).rejects.toThrow('extension "hooks" did not start: no');
    await vi.waitFor(() => expect(pauses.length).toBeGreaterThan(7));
    await host.close();
    expect(pauses.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  test('begins with the shortest when it has run for long', async () => {
    const { containers, host, launch, pauses, pass } = start();
    await host.start(launch);
    for (const lived of [0, 0, 3_600_000]) {
      const starts = containers.started.length;
      pass(lived);
      await containers.end('hooks', 'it crashed');
      await vi.waitFor(() =>
        expect([containers.started.length, host.sight({ id: 'hooks' })?.state]).toEqual([starts + 1, 'running']),
      );
    }
    await host.close();
    expect(pauses.filter((each) => each >= 1_000)).toEqual([1_000, 2_000, 1_000]);
  });
});

test('one that never says that it is well is given up after a minute, and does not run then', async () => {
  const { containers, host, launch } = start();
  const other = { ...launch, handed: async () => ({ secrets: { GOFER_EXTENSION_SYSTEM_SECRET: 'another' } }) };
  await expect(host.start(other)).rejects.toThrow('it is not well within 60 s: GET /api/health fails');
  await host.stop('hooks');
  expect(containers.running.size).toBe(0);
});

test('a stop while it is about to start leaves nothing that runs', async () => {
  const { containers, host, launch } = start();
  const { promise, resolve } = Promise.withResolvers<void>();
  const starting = host.start({
    ...launch,
    handed: async () => {
      await promise;
      return launch.handed();
    },
  });
  const failed = expect(starting).rejects.toThrow('did not start');
  await vi.waitFor(() => expect(host.sight({ id: 'hooks' })).toBeDefined());
  const stopping = host.stop('hooks');
  resolve();
  await Promise.all([stopping, failed]);
  expect([containers.running.size, host.sight({ id: 'hooks' })]).toEqual([0, undefined]);
});

test('a stop while its container starts leaves nothing that runs', async () => {
  const { containers, host, launch } = start();
  const { promise, resolve } = Promise.withResolvers<void>();
  const begin = containers.start;
  const slow = {
    ...containers,
    start: async (work: Parameters<typeof begin>[0]) => {
      await promise;
      return begin(work);
    },
  };
  const other = new LocalExtensionHost({ containers: slow, now: () => 0, pause: async () => {} });
  const failed = expect(other.start(launch)).rejects.toThrow('did not start');
  await vi.waitFor(() => expect(other.sight({ id: 'hooks' })).toBeDefined());
  const stopping = other.stop('hooks');
  resolve();
  await Promise.all([stopping, failed]);
  expect([containers.running.size, host.sight({ id: 'hooks' })]).toEqual([0, undefined]);
});

test('after the end of the server none is started any more', async () => {
  const { containers, host, launch } = start();
  await host.start(launch);
  await host.close();
  await expect(host.start(launch)).rejects.toThrow('is not started any more');
  expect(containers.running.size).toBe(0);
});

test('changes of one extension take turns, those of two do not wait for each other', async () => {
  const { host } = start();
  const done: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = host.inTurn('hooks', () => promise.then(() => done.push('first')));
  const failing = host.inTurn('hooks', async () => {
    done.push('failing');
    throw new Error('no');
  });
  const last = host.inTurn('hooks', async () => done.push('last'));
  await host.inTurn('other', async () => done.push('other'));
  resolve();
  await expect(failing).rejects.toThrow('no');
  await Promise.all([first, last]);
  expect(done).toEqual(['other', 'first', 'failing', 'last']);
});
