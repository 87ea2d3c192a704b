/** What Gofer 0.9 lets through or answers wrongly, and must not be. */
import { describe, expect, test } from 'vitest';
import { expectRefusal, expectSuccess } from '../expectations.ts';
import { configOf, fresh, objectContent, operationOf, taskOf, type World } from '../world.ts';

export function refused(world: () => World) {
  const register = (config: unknown, namespace_id = 'default', pipeline_id = fresh('build')) =>
    world().ask(operationOf('register_config'), { params: { namespace_id, pipeline_id }, body: { config } });

  describe('a config', () => {
    const ring = [
      taskOf('compile', { depends_on: { publish: 'Any' } }),
      taskOf('check', { depends_on: { compile: 'Success' } }),
      taskOf('publish', { depends_on: { check: 'Success' } }),
    ];
    test.each([
      ['whose tasks wait for each other', ring, /compile.*(publish|check).*compile/],
      ['of a task that waits for itself', [taskOf('only', { depends_on: { only: 'Any' } })], /only/],
      ['with a dependency that is no task', [taskOf('check', { depends_on: { chekc: 'Any' } })], /"chekc"/],
      ['without tasks', [], /tasks/],
      ['with two tasks of one id', [taskOf('only'), taskOf('only')], /"only"/],
      ['with a task that has no image', [taskOf('only', { image: '' })], /image/],
      ['with an id of a task that is none', [taskOf('a task')], /a task/],
      ['that sets a variable of the system', [taskOf('only', { variables: { GOFER_RUN_ID: '1' } })], /GOFER_RUN_ID/],
      ['with a condition that nobody knows', [taskOf('one'), taskOf('two', { depends_on: { one: 'Maybe' } })], /Maybe/],
    ] as const)('%s', async (_, tasks, says) => {
      const id = fresh('build');
      expectRefusal(await register(configOf(id, tasks), 'default', id), 400, says);
      expectRefusal(
        await world().ask(operationOf('get_pipeline'), { params: { namespace_id: 'default', pipeline_id: id } }),
        404,
      );
    });

    test('is told all that is wrong with it at once', async () => {
      const id = fresh('build');
      const tasks = [
        taskOf('one', { depends_on: { two: 'Any', tree: 'Any' } }),
        taskOf('two', { depends_on: { one: 'Any' } }),
      ];
      const answer = await register(configOf(id, tasks), 'default', id);
      expectRefusal(answer, 400, /"tree"/);
      expectRefusal(answer, 400, /one.*two.*one|two.*one.*two/);
    });

    test('of an unknown namespace', async () => {
      const id = fresh('build');
      expectRefusal(await register(configOf(id), 'nowhere', id), 404, /namespace "nowhere"/);
    });

    test.each(['ab', 'x'.repeat(33), 'with blank', 'under_score', 'ümlaut'])('of a pipeline called %s', async (id) => {
      expectRefusal(await register(configOf(id), 'default', id), 400);
    });

    test('that is the one before is no new version', async () => {
      const id = fresh('build');
      await register(configOf(id), 'default', id);
      const again = await register(configOf(id), 'default', id);
      expectSuccess(operationOf('register_config'), again);
      expect(again.json).toMatchObject({ pipeline: { config: { version: 1 } } });
    });
  });

  test('a run of a pipeline that was never deployed takes the newest version', async () => {
    const { pipeline, made } = world();
    const params = await pipeline();
    const config = configOf(String(params['pipeline_id']), [taskOf('newer')]);
    await made('register_config', { params, body: { config } });
    const { run } = await made<{ run: object }>('start_run', { params, body: { variables: {} } });
    expect(run).toMatchObject({ pipeline_config_version: 2 });
  });

  test('a run’s variables may not be the system’s', async () => {
    const params = await world().shared.deployed();
    const body = { variables: { GOFER_TASK_ID: 'other' } };
    expectRefusal(await world().ask(operationOf('start_run'), { params, body }), 400, /GOFER_TASK_ID/);
  });

  test('an object that exists, without force', async () => {
    const { ask, object, shared } = world();
    const params = await object('pipeline', await shared.pipeline());
    const other = { raw: 'other', headers: { 'content-type': 'application/octet-stream' } };
    expectRefusal(await ask(operationOf('put_pipeline_object'), { params, query: { force: 'false' }, ...other }), 400);
    expect((await ask(operationOf('get_pipeline_object'), { params })).text).toBe(objectContent);
  });

  test('a secret that exists, without force', async () => {
    const { ask, pipelineSecret, globalSecret } = world();
    const params = await pipelineSecret();
    const body = { key: params['key'], content: 'other', force: false };
    expectRefusal(await ask(operationOf('put_pipeline_secret'), { params, body }), 409);
    const { key } = await globalSecret();
    const namespaces = ['^default$'];
    expectRefusal(await ask(operationOf('put_global_secret'), { body: { ...body, key, namespaces } }), 409);
  });

  test('events backwards without their history', async () => {
    const headers = { accept: 'text/event-stream' };
    expectRefusal(
      await world().ask(operationOf('stream_events'), { query: { reverse: 'true' }, headers }),
      400,
      /history/,
    );
  });
}
