/** What must be true after a server was killed, whatever the moments were. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeFolder, scratchFolder } from '../folder.ts';
import { observers } from '../living.ts';
import type { ServerOptions } from '../server.ts';
import { eventually, type Finished } from '../user.ts';
import { expected, ids } from './dag.ts';
import { type Killed, killAgainAndAgain, type Plan } from './kill.ts';

const timeout = 300_000;

export function describeKilled(containers: ServerOptions['containers'], plan: Plan) {
  describe(`a server killed ${plan.kills} times`, { timeout }, () => {
    const { left, clear } = observers[containers];
    let data: string;
    let killed: Killed;
    let ended: Finished[];
    beforeAll(async () => {
      data = await scratchFolder();
      killed = await killAgainAndAgain({ data, containers }, plan);
      ended = await Promise.all(killed.runs.map((run) => killed.user.finished(run)));
    }, timeout);
    afterAll(async () => {
      await killed?.server.stop();
      await clear(data);
      await removeFolder(data);
    }, timeout);

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

    test('has left nothing behind, and every slot free for further runs', async () => {
      const nothing = (found: readonly string[]) => found.length === 0;
      await eventually(() => left(data), nothing);
      const { begin, finished } = killed.user;
      const more = await Promise.all([begin(killed.pipeline), begin(killed.pipeline)]);
      for (const { statuses } of await Promise.all(more.map(finished))) expect(statuses).toEqual(ended[0]?.statuses);
      await eventually(() => left(data), nothing);
    });
  });
}
