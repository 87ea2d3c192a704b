import { beforeEach, describe, expect, test } from 'vitest';
import { createScheduleHandler } from '../../lambdas/events/schedule.ts';
import { deploy } from '../../lib/deployment/deploy.ts';
import { deployManaged } from '../../lib/deployment/managed.ts';
import type { Home } from '../../lib/home.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { findPipeline, setPipelineState } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { listRuns } from '../../lib/run/runs.ts';
import { updatePreferences } from '../../lib/system/system.ts';
import { configOf, createMemoryHome, dyingAtEachWrite, type MemoryHome } from '../memory-home.ts';

const nightly = { namespace: 'default', pipeline: 'nightly' };
const daily = '0 3 * * *';
const hourly = '0 * * * *';
const config = configOf('nightly', 'busybox', { schedule: [daily, hourly] });
const event = { v: 1, ...nightly, cron: daily, time: '2026-01-02T03:00:00Z' };

async function prepare(home: Home) {
  await ensureDefaultNamespace(home);
  await registerConfig(home, { ...nightly, config });
  await deploy(home, { ...nightly, version: 1 });
}

let home: MemoryHome;
let notices: string[];
let handler: (event: unknown) => Promise<void>;
beforeEach(async () => {
  home = createMemoryHome();
  await prepare(home);
  notices = [];
  handler = createScheduleHandler(home, (line) => notices.push(line));
});

const numbers = async (of: Home = home) => (await listRuns(of, 'default', 'nightly', {})).map(({ number }) => number);
const uid = async () => (await findPipeline(home, 'default', 'nightly'))?.uid;

describe('a time that comes', () => {
  test('starts a run of the live version, by "schedule", without variables', async () => {
    await handler({ ...event, uid: await uid() });
    expect(await listRuns(home, 'default', 'nightly', {})).toEqual([
      expect.objectContaining({
        number: 1,
        version: 1,
        initiator: { id: 'schedule', user: 'schedule' },
        variables: {},
      }),
    ]);
    expect(notices).toEqual([]);
  });

  test('starts one run when it comes twice, at once or within a day', async () => {
    await Promise.all([handler(event), handler(event)]);
    home.pass(23 * 3600);
    await handler(event);
    expect(await numbers()).toEqual([1]);
  });

  test('starts one run for all expressions that name the minute, wherever in it they come', async () => {
    await handler(event);
    await handler({ ...event, cron: hourly });
    await handler({ ...event, time: '2026-01-02T03:00:59.123Z' });
    expect(await numbers()).toEqual([1]);
  });

  test('starts another run than the time before', async () => {
    await handler({ ...event, cron: hourly });
    await handler({ ...event, cron: hourly, time: '2026-01-02T04:00:00Z' });
    expect(await numbers()).toEqual([1, 2]);
  });

  test('starts pipelines of a stack, whose rules know no uid', async () => {
    const weekly = { ...nightly, pipeline: 'weekly' };
    const manager = { stack: 'Team', resource: 'Weekly' };
    await deployManaged(home, { ...weekly, config: configOf('weekly', 'busybox', { schedule: daily }), manager });
    await handler({ ...event, pipeline: 'weekly' });
    expect(await listRuns(home, 'default', 'weekly', {})).toHaveLength(1);
  });

  test('starts one run though the process dies before any write: it comes again', async () => {
    const writes = await dyingAtEachWrite(
      prepare,
      (dying) => createScheduleHandler(dying, () => undefined)(event),
      async (left) => {
        await createScheduleHandler(left, () => undefined)(event);
        expect(await numbers(left)).toEqual([1]);
      },
    );
    expect(writes).toBeGreaterThan(1);
  });
});

describe('a time that starts no run says why, once', () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'the pipeline is disabled',
      () => setPipelineState(home, { ...nightly, state: 'disabled' }),
      /"default\/nightly", scheduled at 2026-01-02T03:00:00.000Z: .* is disabled/,
    ],
    ['the pipeline is gone', () => deletePipeline(home, 'default', 'nightly'), /no such pipeline/],
    [
      'the live version has another schedule',
      async () => {
        await registerConfig(home, { ...nightly, config: { ...config, schedule: hourly } });
        await deploy(home, { ...nightly, version: 2 });
      },
      /not scheduled at "0 3 \* \* \*"/,
    ],
    [
      'runs are switched off',
      () => updatePreferences(home, { ignore_pipeline_run_events: true }),
      /runs are switched off/,
    ],
    ['it is a day late', async () => home.pass(24 * 3600), /more than 24 h late/],
  ])('because %s', async (_, change, why) => {
    await change();
    await handler(event);
    expect(notices).toEqual([expect.stringMatching(why)]);
    if (await findPipeline(home, 'default', 'nightly')) expect(await numbers()).toEqual([]);
  });

  test('because it was meant for an earlier pipeline of the same name', async () => {
    const before = await uid();
    await deletePipeline(home, 'default', 'nightly');
    await prepare(home);
    await handler({ ...event, uid: before });
    expect([await numbers(), notices]).toEqual([[], [expect.stringContaining('another pipeline of the same name')]]);
  });

  test('because nothing is deployed', async () => {
    await registerConfig(home, { ...nightly, pipeline: 'fresh', config: { ...config, id: 'fresh' } });
    await handler({ ...event, pipeline: 'fresh' });
    expect(await listRuns(home, 'default', 'fresh', {})).toEqual([]);
    expect(notices).toHaveLength(1);
  });
});

test('what may pass is thrown, so that it is tried again', async () => {
  const table = { ...home.table, put: () => Promise.reject(new Error('throttled')) };
  await expect(createScheduleHandler({ ...home, table }, () => undefined)(event)).rejects.toThrow('throttled');
});

test.each([{ ...event, v: 2 }, { ...event, time: 'soon' }, { ...event, cron: undefined }, {}])(
  'an input that is none is thrown: %j',
  async (input) => {
    await expect(handler(input)).rejects.toThrow();
  },
);
