import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PipelineConfig, TaskConfig } from '../../lib/pipeline/config.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { namespaceKey } from '../../lib/store/items/pipeline.ts';
import { tasksPartition } from '../../lib/store/items/run.ts';
import { runName } from '../../lib/task/group.ts';
import { anyPipeline, chain, pipeline, shapeN, task } from './pipelines.ts';
import { type Attempt, type Behaviour, expected, type Plan } from './reference.ts';
import { createVirtualHome } from './virtual-home.ts';

/** Runs the pipeline on its compiled machine; answers in the reference's words. */
async function run(config: PipelineConfig, plan: Plan, random: () => number = () => 0.5) {
  const world = createVirtualHome(plan, random);
  const { home } = world;
  const namespace = { id: 'default', name: 'default', description: '', created: 0, modified: 0 };
  await home.table.put({ ...namespaceKey('default'), ...namespace });
  await registerConfig(home, { namespace: 'default', pipeline: config.id, config });
  const initiator = { id: 'test', user: 'test' };
  const { uid, number } = await startRun(home, { namespace: 'default', pipeline: config.id, variables: {}, initiator });
  await world.run();
  const rows = await home.table.query(tasksPartition(uid, number));
  const found = await findRun(home, uid, number);
  const startsOf = (id: string) => world.started.filter((each) => each.task === id).map(({ time }) => time);
  return {
    statuses: Object.fromEntries(rows.map(({ sk, status }) => [sk, status])),
    starts: Object.fromEntries(config.tasks.map(({ id }) => [id, startsOf(id)])),
    outcome: found?.status,
    entered: world.entered,
    execution: world.executions.get(runName(uid, number)),
  };
}

const exits = (...codes: [number, ...number[]]): Behaviour => {
  const [first, ...more] = codes.map((exit) => ({ seconds: 10, exit }));
  return { attempts: [first ?? { seconds: 10, exit: 0 }, ...more], refused: 0 };
};
const planOf = ({ tasks }: PipelineConfig, special: Readonly<Record<string, Behaviour>> = {}): Plan =>
  new Map(tasks.map(({ id }) => [id, special[id] ?? exits(0)]));

describe('a compiled machine on the interpreter', () => {
  it('enters 2n + 1 states for a chain, each task when the one before has ended', async () => {
    const config = chain(10);
    const { entered, starts, outcome } = await run(config, planOf(config));
    expect(entered).toHaveLength(21);
    expect(Object.values(starts).flat()).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(outcome).toBe('successful');
  });

  it('starts a task of the N that needs one alone before the slow two has ended', async () => {
    const two: Behaviour = { attempts: [{ seconds: 100, exit: 0 }], refused: 0 };
    const { starts } = await run(shapeN(), planOf(shapeN(), { two }));
    expect(starts).toEqual({ one: [0], two: [0], 'after-one': [10], 'after-both': [100] });
  });

  it('starts 50 lanes at once, of which each waits for the last one', async () => {
    const sources = Array.from({ length: 50 }, (_, n) => task(`source-${n}`));
    const joins = sources.map(({ id }, n) => task(`join-${n}`, [...new Set([id, 'source-49'])]));
    const config = pipeline(...sources, ...joins);
    const { starts, outcome } = await run(config, planOf(config));
    expect(sources.map(({ id }) => starts[id])).toEqual(sources.map(() => [0]));
    expect(joins.map(({ id }) => starts[id])).toEqual(joins.map(() => [10]));
    expect(outcome).toBe('successful');
  });

  it('skips what needed the success of a failed task, runs what handles its failure, and fails the execution', async () => {
    const config = pipeline(
      task('build'),
      task('deploy', ['build']),
      task('alert', { build: 'failure' }),
      task('report', { deploy: 'any', alert: 'any' }),
    );
    const { statuses, outcome, execution } = await run(config, planOf(config, { build: exits(1) }));
    expect(statuses).toEqual({ build: 'failed', deploy: 'skipped', alert: 'successful', report: 'successful' });
    expect(outcome).toBe('failed');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Gofer.Failed' });
  });

  it('tries again after the compiled intervals, as often as the task allows', async () => {
    const config = pipeline(task('flaky', [], { retry: { attempts: 3, interval: 5, rate: 4 } }));
    const { starts, statuses } = await run(config, planOf(config, { flaky: exits(1, 2, 0) }));
    expect(starts).toEqual({ flaky: [0, 15, 45] });
    expect(statuses).toEqual({ flaky: 'successful' });
  });

  it('tries a refused launch again after a minute, and does not count it as an attempt', async () => {
    const config = pipeline(task('build'));
    const { starts, outcome } = await run(config, planOf(config, { build: { ...exits(0), refused: 2 } }));
    expect(starts).toEqual({ build: [120] });
    expect(outcome).toBe('successful');
  });

  it('ends well when the only failure is allowed', async () => {
    const config = pipeline(task('lint', [], { allow_failure: true }), task('build'));
    const { statuses, outcome } = await run(config, planOf(config, { lint: exits(1) }));
    expect(statuses).toEqual({ lint: 'failed', build: 'successful' });
    expect(outcome).toBe('successful');
  });
});

const attempt = fc.record<Attempt>({ seconds: fc.integer({ min: 1, max: 30 }), exit: fc.constantFrom(0, 0, 0, 1, 2) });
const behaviour = fc.record<Behaviour>({
  attempts: fc.tuple(attempt, attempt, attempt),
  refused: fc.constantFrom(0, 0, 0, 0, 1),
});
const settings = fc.oneof(
  fc.constant<Partial<TaskConfig>>({}),
  fc.constant<Partial<TaskConfig>>({ allow_failure: true }),
  fc.constant<Partial<TaskConfig>>({ retry: { attempts: 3, interval: 7, rate: 2 } }),
  fc.constant<Partial<TaskConfig>>({ retry: { attempts: 3, interval: 3000, rate: 2, exit_codes: [2] } }),
);

const scenario = fc
  .tuple(anyPipeline(60), fc.infiniteStream(settings), fc.infiniteStream(behaviour), fc.integer())
  .map(([config, more, behaviours, seed]) => {
    const tasks = config.tasks.map((each) => ({ ...each, ...more.next().value }));
    const plan = new Map(tasks.map(({ id }) => [id, behaviours.next().value ?? exits(0)]));
    return { config: { ...config, tasks }, plan, seed };
  });

/** Marsaglia's xorshift: the order of what happens at the same moment. */
function seeded(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('any pipeline', () => {
  it('ends as the reference says, and starts every container at that very moment', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ config, plan, seed }) => {
        const { statuses, starts, outcome, execution } = await run(config, plan, seeded(seed));
        expect({ statuses, starts, outcome }).toEqual(expected(config, plan));
        expect(execution).toMatchObject({ status: outcome === 'failed' ? 'FAILED' : 'SUCCEEDED' });
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
