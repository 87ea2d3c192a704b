import { expect, test } from 'vitest';
import { isTested } from '../../examples/go.ts';
import { outcomes } from '../../examples/outcomes.ts';
import { gofer } from '../program.ts';
import type { World } from './world.ts';

/** Every example ends as it says, executed as its reader would. */
export function examples({ user, streams, containersReachApi }: World) {
  for (const [example, outcome] of Object.entries(outcomes)) {
    const possible = isTested(example) && (containersReachApi || !outcome.needsApi);
    test.runIf(possible)(`${example} ends ${outcome.run}`, async () => {
      const { url, token, finished } = user();
      const follow = streams ? ['--follow'] : [];
      const where = ['--api-base-url', url];
      const up = await gofer(
        ['up', `examples/${example}`, '--run', ...follow, ...where],
        token ? { GOFER_TOKEN: token } : {},
      );
      const code = outcome.run === 'successful' || !streams ? 0 : 1;
      expect([up.code, up.stderr]).toEqual([code, expect.any(String)]);
      const pipeline = /Pipeline "([^"]+)"/.exec(up.stdout + up.stderr)?.[1] ?? '';
      const { run, statuses } = await finished({ namespace: 'default', pipeline, run: 1 });
      const usual = Object.fromEntries(Object.keys(statuses).map((id) => [id, 'successful']));
      expect([run.status, statuses]).toEqual([outcome.run, { ...usual, ...outcome.tasks }]);
    });
  }
}
