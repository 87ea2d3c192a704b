/** What must be true after a server was killed, whatever the moments were. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeContainers } from '../living.ts';
import { scratchFolder } from '../program.ts';
import type { ServerOptions } from '../server.ts';
import { startServer } from '../server.ts';
import { createUser, eventually, type Finished, task, until } from '../user.ts';
import { dag, expected, ids } from './dag.ts';
import { type Killed, killAgainAndAgain, type Plan } from './kill.ts';

const timeout = 300_000;

type Kind = Plan & {
  readonly containers: ServerOptions['containers'];
  /** All that is left of tasks: containers, also ended ones, or processes' folders. */
  readonly left: (data: string) => Promise<readonly string[]>;
};

export function describeKilled({ containers, left, ...plan }: Kind) {
  let data: string;
  beforeAll(async () => {
    data = await scratchFolder();
  });
  afterAll(async () => {
    if (containers === 'docker') await removeContainers(data);
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  }, timeout);

  describe(`a server killed ${plan.kills} times`, () => {
    let killed: Killed;
    let ended: Finished[];
    beforeAll(async () => {
      killed = await killAgainAndAgain({ data, containers }, plan);
      ended = await Promise.all(killed.runs.map((run) => killed.user.finished(run)));
    }, timeout);
    afterAll(() => killed?.server.stop(), timeout);

    test('has accepted each run once', async () => {
      const { runs } = await killed.user.client.runs.list(killed.pipeline);
      const numbers = runs.map(({ run_id }) => run_id).sort((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: Math.ceil(plan.kills / plan.killsARun) }, (_, i) => i + 1));
      expect(killed.runs.map(({ run }) => run).sort((a, b) => a - b)).toEqual(numbers);
    });

    test('has ended every run as it must end', () => {
      for (const { run } of ended) {
        const { run_id, status, status_reason } = run;
        expect({ run_id, status, status_reason }).toEqual({
          run_id,
          status: 'failed',
          status_reason: { reason: 'abnormal_exit', description: 'failed: "broken"' },
        });
      }
    });

    test('has ended every task as it must end, and started none twice', () => {
      for (const { tasks } of ended) {
        const found = Object.entries(tasks).map(([id, { status, attempts }]) => [
          id,
          { status, launches: attempts.length },
        ]);
        expect(Object.fromEntries(found)).toEqual(expected);
      }
    });

    test('has lost and doubled no line of a log', async () => {
      for (const { ref } of ended)
        for (const id of ids) {
          for (let attempt = 1; attempt <= (expected[id]?.launches ?? 0); attempt++) {
            const lines = await killed.user.lines(ref, id, attempt);
            expect([ref.run, id, attempt, lines]).toEqual([ref.run, id, attempt, [`${id} began`, `${id} ended`]]);
          }
        }
    });

    test('has left nothing alive, and every slot free for further runs', { timeout }, async () => {
      await eventually(
        () => left(data),
        (found) => found.length === 0,
      );
      const { begin, finished } = killed.user;
      const [one, two] = await Promise.all([begin(killed.pipeline), begin(killed.pipeline)]);
      for (const each of await Promise.all([finished(one), finished(two)])) expect(each.run.status).toBe('failed');
      await eventually(
        () => left(data),
        (found) => found.length === 0,
      );
    });
  });

  test('a server that is asked to stop leaves its containers running, and the next one joins them', {
    timeout,
  }, async () => {
    const server = await startServer({ data, containers });
    const before = createUser(server);
    const ref = await before.begin(await before.up([task('long', until('echo last; exit 0')), ...dag.slice(0, 1)]));
    await before.wrote(ref, 'long', 'ready');
    await eventually(
      () => left(data),
      (found) => found.length === 1,
    );
    const [container] = await left(data);
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(await left(data)).toEqual([container]);

    const next = await startServer({ data, containers });
    const { client, finished, lines } = createUser(next);
    await client.tasks.cancel({ ...ref, task: 'long' });
    const { run, tasks } = await finished(ref);
    expect([run.status, tasks['long']?.attempts.length]).toEqual(['successful', 1]);
    expect((await lines(ref, 'long')).filter((line) => line !== 'Terminated')).toEqual(['ready', 'last']);
    await eventually(
      () => left(data),
      (found) => found.length === 0,
    );
    await next.stop();
  });
}
