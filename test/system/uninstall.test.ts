import { beforeEach, describe, expect, test } from 'vitest';
import { deploy } from '../../lib/deployment/deploy.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { getPipeline } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import type { Container } from '../../lib/ports/containers.ts';
import type { Leftovers } from '../../lib/ports/leftovers.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { uninstall } from '../../lib/system/uninstall.ts';
import { configOf, createMemoryHome, type MemoryHome } from '../memory-home.ts';

const nightly = { namespace: 'default', pipeline: 'nightly' };
const request = { ...nightly, variables: {}, initiator: { id: 'me', user: 'me' } };

let home: MemoryHome;
/** What lives, and what was made. */
let alive: Container[];
let made: string[];

beforeEach(async () => {
  const memory = createMemoryHome();
  alive = [];
  made = ['machine 1', 'machine 2', 'definition 1'];
  home = { ...memory, containers: { ...memory.containers, listAll: async () => alive } };
  await ensureDefaultNamespace(home);
  await registerConfig(home, { ...nightly, config: configOf('nightly') });
  await deploy(home, { ...nightly, version: 1 });
});

const leftovers: Leftovers = {
  async *list() {
    // As AWS pages: what is removed moves the rest up, so one pass meets every other thing.
    for (let n = 0; n < made.length; n++) {
      const name = made[n] ?? '';
      const remove = async () => {
        made = made.filter((each) => each !== name);
      };
      yield { kind: `${name.split(' ')[0]}s`, count: 1, remove };
    }
  },
};

const soon = () => home.now() + 600_000;

/** Time passes only by waiting; `meanwhile` is what happens then. */
const waiting = (meanwhile: () => void = () => {}) => ({
  request: 'first deletion',
  until: soon(),
  pause: async (milliseconds: number) => {
    home.pass(milliseconds / 1000);
    meanwhile();
  },
});

const container = (): Container => ({ arn: 'arn:task/1', group: 'g', lastStatus: 'RUNNING', createdAt: 0 });

describe('removing an installation', () => {
  test('removes all that was made at run time, and says how much of what', async () => {
    expect(await uninstall(home, leftovers, waiting())).toEqual(
      new Map([
        ['machines', 2],
        ['definitions', 1],
      ]),
    );
    expect(made).toEqual([]);
  });

  test('refuses every new run from the first moment', async () => {
    const before = home.now();
    await uninstall(home, leftovers, { ...waiting(), until: before });
    await expect(startRun(home, request)).rejects.toThrow('this installation is being removed: no run starts here');
  });

  test('cancels the runs that are there', async () => {
    const run = await startRun(home, request);
    await uninstall(home, leftovers, waiting());
    expect(await findRun(home, run.uid, run.number)).toMatchObject({ state: 'complete', status: 'cancelled' });
  });

  test('waits for containers, and removes nothing that they may need', async () => {
    alive = [container()];
    let looks = 0;
    await uninstall(
      home,
      leftovers,
      waiting(() => {
        expect(made).toHaveLength(3);
        if (++looks === 9) alive = [];
      }),
    );
    expect(looks).toBeGreaterThanOrEqual(9);
    expect(made).toEqual([]);
  });

  test('waits as long as a call of the API may take that had begun before', async () => {
    const began = home.now();
    let removed = 0;
    const noting: Leftovers = {
      list() {
        removed ||= home.now();
        return leftovers.list();
      },
    };
    await uninstall(home, noting, waiting());
    expect(removed - began).toBeGreaterThanOrEqual(30_000);
  });

  test('stops the containers itself when their runs don’t come to an end', async () => {
    const stopped: string[] = [];
    const stop = async (arn: string) => {
      stopped.push(arn);
      alive = [];
    };
    alive = [container()];
    const stubborn = { ...home, containers: { ...home.containers, stop } };
    await uninstall(stubborn, leftovers, { ...waiting(), until: home.now() + 3_600_000 });
    expect(stopped).toEqual(['arn:task/1']);
  });

  test('gives up before Lambda does, with what lives still', async () => {
    alive = Array.from({ length: 7 }, (_, n) => ({ ...container(), arn: `arn:task/${n}` }));
    const began = home.now();
    /** As Lambda invokes it: for 15 minutes, again after one minute, and after two more. */
    const invoked = () => uninstall(home, leftovers, { ...waiting(), until: home.now() + 870_000 });
    for (const pause of [60, 120]) {
      expect(await invoked()).toBeUndefined();
      home.pass(pause);
    }
    await expect(invoked()).rejects.toThrow(
      /^0 runs have not ended and 7 containers have not stopped: (arn:task\/\d, ){4}arn:task\/4 and 2 more after \d+ s; delete the stack again: that goes on/,
    );
    expect(home.now() - began).toBeLessThan(48 * 60_000);
  });

  test('gives up in time too when there is more to remove than it can, and says how much is gone', async () => {
    await uninstall(home, leftovers, { ...waiting(), until: home.now() });
    const slow: Leftovers = {
      async *list() {
        for (;;) yield { kind: 'task definitions', count: 10, remove: async () => home.pass(10) };
      },
    };
    const invoked = () => uninstall(home, slow, { ...waiting(), until: home.now() + 870_000 });
    expect(await invoked()).toBeUndefined();
    expect(await invoked()).toBeUndefined();
    await expect(invoked()).rejects.toThrow(/: \d+ task definitions so far; delete the stack again/);
  });

  test('has its whole time again when the stack is deleted once more', async () => {
    alive = [container()];
    const late = { ...waiting(), until: home.now() + 7_200_000 };
    await expect(uninstall(home, leftovers, late)).rejects.toThrow('delete the stack again');
    const again = { ...waiting(() => (alive = [])), request: 'second deletion' };
    expect(await uninstall(home, leftovers, again)).toBeDefined();
  });

  test('goes on where it was when the time of an invocation is over', async () => {
    alive = [container()];
    const short = { ...waiting(), until: home.now() + 10_000 };
    expect(await uninstall(home, leftovers, short)).toBeUndefined();
    alive = [];
    expect(await uninstall(home, leftovers, waiting())).toBeDefined();
    expect(made).toEqual([]);
  });

  test('twice is once', async () => {
    await uninstall(home, leftovers, waiting());
    expect(await uninstall(home, leftovers, waiting())).toEqual(new Map());
  });

  test('keeps the records', async () => {
    await uninstall(home, leftovers, waiting());
    expect(await getPipeline(home, 'default', 'nightly')).toMatchObject({ live: 1 });
  });
});
