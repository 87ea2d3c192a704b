import { expect, test } from 'vitest';
import { runsPath, task } from '../user.ts';
import type { World } from './world.ts';

/** How runs are accepted and begun. */
export function runs({ user }: World) {
  test('no more runs than parallelism allows, in the order of their numbers', async () => {
    const { up, begin, finished } = user();
    const pipeline = await up([task('work', 'sleep 0.1')], { parallelism: 2 });
    const refs = await Promise.all(Array.from({ length: 10 }, () => begin(pipeline)));
    expect(refs.map(({ run }) => run).sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
    const ended = await Promise.all(refs.map((ref) => finished(ref)));
    const inOrder = ended.map(({ run }) => run).sort((a, b) => a.run_id - b.run_id);
    expect(new Set(inOrder.map(({ status }) => status))).toEqual(new Set(['successful']));
    for (const [i, { started }] of inOrder.entries()) {
      const before = inOrder.slice(0, i);
      expect(before.every((run) => run.started <= started)).toBe(true);
      expect(before.filter((run) => run.ended > started).length).toBeLessThan(2);
    }
  });

  test('variables: the run’s win over the task’s, and GOFER_* tell the task what it is', async () => {
    const { up, begin, finished, lines } = user();
    const pipeline = await up([task('env', ['env'], { variables: { who: 'task', KEEP: 'task' } })]);
    const ref = await begin(pipeline, { WHO: 'run', extra: 'a b=c' });
    const { tasks } = await finished(ref);
    const found = Object.fromEntries((await lines(ref, 'env')).map((line) => line.split(/=(.*)/s).slice(0, 2)));
    const system = {
      GOFER_NAMESPACE_ID: 'default',
      GOFER_PIPELINE_ID: pipeline.pipeline,
      GOFER_RUN_ID: '1',
      GOFER_TASK_ID: 'env',
      GOFER_TASK_IMAGE: 'busybox:latest',
    };
    expect(found).toMatchObject({ ...system, WHO: 'run', KEEP: 'task', EXTRA: 'a b=c' });
    const source = Object.fromEntries(tasks['env']?.variables.map(({ key, source }) => [key, source]) ?? []);
    expect(source).toMatchObject({ GOFER_RUN_ID: 'system', KEEP: 'pipeline_config', WHO: 'run_options' });
  });

  test('variables of a run may be neither Gofer’s own nor refer to secrets', async () => {
    const { up, ask } = user();
    const path = runsPath(await up([task('env', ['env'])]));
    const own = await ask('POST', path, { variables: { GOFER_RUN_ID: '7' } });
    expect([own.status, own.message]).toEqual([400, expect.stringContaining('"GOFER_RUN_ID"')]);
    const secret = await ask('POST', path, { variables: { key: 'global_secret{{ x }}' } });
    expect([secret.status, secret.message]).toEqual([400, expect.stringContaining('"key"')]);
  });

  test('an Idempotency-Key starts one run, however often it is sent', async () => {
    const { client, up, ask } = user();
    const pipeline = await up([task('once', 'exit 0')]);
    const send = (variables: object) => ask('POST', runsPath(pipeline), { variables }, { 'idempotency-key': 'k1' });
    const answers = await Promise.all([send({ A: '1' }), send({ A: '1' }), send({ A: '1' })]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect((await client.runs.list(pipeline)).runs).toHaveLength(1);
    expect((await send({ A: '2' })).status).toBe(422);
  });

  test('runs of a pipeline that was never deployed take the newest version', async () => {
    const { client, up, begin, finished } = user();
    const { pipeline } = await up([task('first', 'exit 0')]);
    const ref = { namespace: 'default', pipeline: `${pipeline}-new` };
    for (const id of ['first', 'second']) {
      const tasks = [task(id, 'exit 0')];
      await client.configs.register(ref, { id: ref.pipeline, tasks });
    }
    // The machine is made for the first of them; nobody knows which that is.
    const refs = await Promise.all([begin(ref), begin(ref), begin(ref)]);
    for (const { run, statuses } of await Promise.all(refs.map(finished)))
      expect([run.pipeline_config_version, statuses]).toEqual([2, { second: 'successful' }]);
  });

  test('a disabled pipeline refuses runs and says why, until it is enabled', async () => {
    const { client, up, ask } = user();
    const ref = await up([task('quick', 'exit 0')]);
    await client.pipelines.update(ref, { state: 'disabled' });
    const refused = await ask('POST', runsPath(ref), { variables: {} });
    expect([refused.status, refused.message]).toEqual([503, expect.stringContaining(`"${ref.pipeline}" is disabled`)]);
    await client.pipelines.update(ref, { state: 'active' });
    expect((await ask('POST', runsPath(ref), { variables: {} })).status).toBe(201);
  });

  test('deploying makes a version live, and the one before comes back by rollback', async () => {
    const { client, up, begin, finished, lines, ask } = user();
    const ref = await up([task('say', 'echo first')]);
    await up([task('say', 'echo second')], { id: ref.pipeline });
    const said = async () => {
      const { ref: run } = await finished(await begin(ref));
      return lines(run, 'say');
    };
    expect(await said()).toEqual(['second']);
    const { status } = await ask('POST', `${runsPath(ref).replace(/runs$/, 'deployments')}/rollback`);
    expect([status, await said()]).toEqual([201, ['first']]);
    const { configs } = await client.configs.list(ref);
    expect(configs.map(({ version, state }) => [version, state])).toEqual([
      [2, 'deprecated'],
      [1, 'live'],
    ]);
  });
}

/** For all pipelines at once: nothing else may start runs meanwhile. */
export function systemWide({ user }: World) {
  test('runs may be refused system-wide', async () => {
    const { client, up, ask } = user();
    const path = runsPath(await up([task('quick', 'exit 0')]));
    await client.system.update({ ignore_pipeline_run_events: true });
    const refused = await ask('POST', path, { variables: {} });
    await client.system.update({ ignore_pipeline_run_events: false });
    expect([refused.status, refused.message]).toEqual([503, expect.stringContaining('ignore_pipeline_run_events')]);
    expect((await ask('POST', path, { variables: {} })).status).toBe(201);
  });
}
