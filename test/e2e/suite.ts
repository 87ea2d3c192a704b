/** What must hold of every installation of Gofer, on one machine or on AWS: the same facts, through its API. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { Installation, Kind } from './installation.ts';
import { attempts } from './suite/attempts.ts';
import { cancel } from './suite/cancel.ts';
import { examples } from './suite/examples.ts';
import { logs } from './suite/logs.ts';
import { taskOutcomes } from './suite/outcomes.ts';
import { refusals } from './suite/refusals.ts';
import { runs, systemWide } from './suite/runs.ts';
import { schedules } from './suite/schedules.ts';
import { secrets } from './suite/secrets.ts';
import type { World } from './suite/world.ts';
import { createUser, type User } from './user.ts';

/** Of no meaning but to end what hangs. */
const timeout = 180_000;

export function describeInstallation({ start, ...kind }: Kind) {
  let installation: Installation;
  let user: User;
  beforeAll(async () => {
    installation = await start();
    user = createUser(installation);
  }, timeout);
  afterAll(() => installation?.stop(), timeout);

  const world: World = { ...kind, user: () => user, living: (run) => installation.living(run) };
  describe.concurrent('examples', { timeout }, () => examples(world));
  describe.concurrent('outcomes', { timeout }, () => taskOutcomes(world));
  describe.concurrent('attempts', { timeout }, () => attempts(world));
  describe.concurrent('logs', { timeout }, () => logs(world));
  describe.concurrent('cancel', { timeout }, () => cancel(world));
  describe.concurrent('runs', { timeout }, () => runs(world));
  describe.concurrent('schedules', { timeout }, () => schedules(world));
  describe.concurrent('secrets', { timeout }, () => secrets(world));
  describe.concurrent('refusals', { timeout }, () => refusals(world));
  describe('system', { timeout }, () => systemWide(world));
}
