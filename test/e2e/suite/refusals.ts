import { expect, test } from 'vitest';
import { runsPath, task } from '../user.ts';
import type { World } from './world.ts';

/** Requests that can't be right. */
export function refusals({ user }: World) {
  test('what does not exist is a 404 that names it', async () => {
    const { execute, ask } = user();
    const { ref } = await execute([task('quick', 'exit 0')]);
    const pipeline = runsPath(ref).replace(/\/runs$/, '');
    const asked = [
      ['GET', '/api/namespaces/nowhere', 'namespace "nowhere"'],
      ['GET', '/api/namespaces/nowhere/pipelines', 'namespace "nowhere"'],
      ['POST', '/api/namespaces/nowhere/pipelines/build/configs', 'namespace "nowhere"'],
      ['GET', '/api/namespaces/default/pipelines/nothing', 'pipeline "nothing"'],
      ['POST', '/api/namespaces/default/pipelines/nothing/runs', 'pipeline "nothing"'],
      ['GET', `${pipeline}/configs/7`, 'version "7"'],
      ['POST', `${pipeline}/configs/7`, 'version "7"'],
      ['GET', `${pipeline}/runs/9`, 'run "9"'],
      ['DELETE', `${pipeline}/runs/9`, 'run "9"'],
      ['GET', `${pipeline}/runs/1/tasks/quikc`, 'task "quikc"'],
      ['GET', `${pipeline}/runs/1/tasks/quikc/logs`, 'task "quikc"'],
    ] as const;
    const config = { id: 'build', tasks: [task('quick', 'exit 0')] };
    for (const [method, path, named] of asked) {
      const body = method !== 'POST' ? undefined : path.endsWith('/configs') ? { config } : { variables: {} };
      const { status, message } = await ask(method, path, path.endsWith('/7') ? undefined : body);
      expect([path, status, message]).toEqual([path, 404, expect.stringContaining(named)]);
    }
  });

  test('a body that can’t be read, or is too large, is told', async () => {
    const { ask } = user();
    const path = '/api/namespaces/default/pipelines/unreadable/configs';
    const torn = await ask('POST', path, '{"config": {');
    expect([torn.status, torn.message]).toEqual([400, expect.stringContaining('not JSON')]);
    const large = await ask('POST', path, { config: { description: 'x'.repeat(1_100_000) } });
    expect([large.status, large.message]).toEqual([413, expect.stringMatching(/1\d{6} bytes.*1048576/)]);
    expect((await ask('GET', '/api/namespaces/default/pipelines/unreadable')).status).toBe(404);
  });

  test('a config is refused with all its problems, and nothing is registered', async () => {
    const { ask } = user();
    const pipeline = '/api/namespaces/default/pipelines/broken';
    const tasks = [
      task('build', 'exit 0', { depends_on: { tset: 'Success', release: 'Success' } }),
      task('test', 'exit 0'),
      task('release', 'exit 0', { depends_on: { build: 'Success' }, cpu: 3 }),
    ];
    const { status, message } = await ask('POST', `${pipeline}/configs`, { config: { id: 'broken', tasks } });
    expect(status).toBe(400);
    expect(message).toContain('did you mean "test"?');
    expect(message).toContain('cpu');
    expect(message).toMatch(/build.*release.*build/);
    expect((await ask('GET', pipeline)).status).toBe(404);
  });

  test('an unknown route, method or API version is told', async () => {
    const { ask } = user();
    expect((await ask('GET', '/api/nothing')).status).toBe(404);
    expect((await ask('PUT', '/api/namespaces')).status).toBe(405);
    const version = await ask('GET', '/api/namespaces', undefined, { 'gofer-api-version': 'v9' });
    expect([version.status, version.message]).toEqual([400, expect.stringMatching(/"v9".*v0/)]);
  });
}
