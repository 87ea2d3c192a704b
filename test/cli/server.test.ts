/** The command line and the real server before a home in memory: both must mean the same by every request and answer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createApi } from '../../lambdas/api/api.ts';
import { createAuthenticate } from '../../lib/access/caller.ts';
import { deployManaged } from '../../lib/deployment/managed.ts';
import type { Home } from '../../lib/home.ts';
import { createHttpServer } from '../../lib/local/http/server.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { createMemoryHome } from '../memory-home.ts';
import { emptyFolder, gofer } from './fake-io.ts';

type Config = {
  id: string;
  description?: string;
  schedule?: string[];
  tasks: { id: string; image: string; depends_on?: Record<string, string> }[];
};

const config: Config = {
  id: 'build',
  tasks: [
    { id: 'compile', image: 'busybox:latest' },
    { id: 'test', image: 'busybox:latest', depends_on: { compile: 'Success' } },
  ],
};

const cwd = emptyFolder();
const write = (content: Config) => writeFileSync(join(cwd, 'build.json'), JSON.stringify(content));
let url = '';
const cli = (line: string | readonly string[]) => gofer(line, { fetch, cwd, env: { GOFER_API_BASE_URL: url } });
const outOf = async (line: string) => {
  const { code, stdout, stderr } = await cli(line);
  expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  return stdout;
};

async function start(options: { auth?: boolean } = {}): Promise<Home> {
  const home = createMemoryHome();
  await ensureDefaultNamespace(home);
  const handler = createApi(home, options.auth ? { authenticate: createAuthenticate(home) } : {});
  const server = createHttpServer({ handler, host: '127.0.0.1', port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  url = server.url;
  return home;
}

describe('against the real server', () => {
  beforeEach(async () => {
    write(config);
    await start();
  });

  test('namespaces are created, shown, changed, listed and deleted', async () => {
    expect(await outOf('namespace create team-x --description nightly')).toMatch(/^Namespace team-x\n +name +team-x\n/);
    expect(await outOf('namespace update team-x --name Team')).toMatch(/name +Team\n +description +nightly/);
    expect(await outOf('namespace list')).toMatch(/default .*\n(.*\n)*team-x +Team +nightly/);
    expect(await outOf('namespace delete team-x')).toBe('Deleted namespace "team-x".\n');
    expect((await cli('namespace get team-x')).code).toBe(3);
  });

  test('a pipeline comes up, is listed, shown, switched off and on, and deleted', async () => {
    expect(await outOf('up build.json')).toContain('✓ Pipeline "build" v1 is live\n');
    expect(await outOf('up build.json')).toContain('is live already: nothing has changed');
    expect(await outOf('pipeline list')).toMatch(/build +active/);
    expect(await outOf('pipeline get build')).toMatch(/live +v1[\s\S]*test +busybox:latest +compile \(success\)/);
    expect(await outOf('pipeline disable build')).toBe('Pipeline "build" is disabled.\n');
    const refused = await cli('run start build');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error: .*disabled.*\n$/);
    expect(await outOf('pipeline enable build')).toBe('Pipeline "build" is active.\n');
    expect(await outOf('pipeline delete build')).toBe('Deleted pipeline "build".\n');
  });

  test('a pipeline shows when it starts by itself next, unless it is disabled', async () => {
    write({ ...config, schedule: ['30 4 * * MON-FRI', '@monthly'] });
    await outOf('up build.json');
    expect(await outOf('pipeline get build')).toMatch(
      /schedule +30 4 \* \* MON-FRI, 0 0 1 \* \* \(UTC\)\n +next run +2026-11-24 04:30 UTC, in 16h 30m\n/,
    );
    expect(JSON.parse(await outOf('pipeline get build --output json'))).toMatchObject({
      next_run: Date.UTC(2026, 10, 24, 4, 30),
      live: { schedule: ['30 4 * * MON-FRI', '0 0 1 * *'] },
    });
    await outOf('pipeline disable build');
    expect(await outOf('pipeline get build')).toMatch(/next run +none while the pipeline is disabled/);
  });

  test('a pipeline of a stack says so, and a change of it here is told where to go', async () => {
    const home = await start();
    const manager = { stack: 'Data', resource: 'Build1A2B' };
    await deployManaged(home, { namespace: 'default', pipeline: 'build', config, manager });
    expect(await outOf('pipeline get build')).toMatch(/managed by +stack Data\n/);
    write({ ...config, description: 'changed' });
    const refused = await cli('up build.json');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('managed by stack "Data": change it in that CDK app and run "cdk deploy Data"');
  });

  test('versions are deployed by number, rolled back, and deleted unless live', async () => {
    await outOf('up build.json');
    write({ ...config, description: 'second' });
    expect(await outOf('up build.json --no-deploy')).toContain('v2 is registered, not deployed');
    expect(await outOf('pipeline get build')).toMatch(/newest +v2, not deployed/);
    expect(await outOf('pipeline config deploy build 2')).toBe('Pipeline "build" v2 is live.\n');
    expect(await outOf('pipeline config list build')).toMatch(/v2 +live[\s\S]*v1 +deprecated/);
    expect(await outOf('pipeline config get build v2')).toMatch(/Config build v2 +live\n[\s\S]*description +second/);
    expect(await outOf('pipeline deployment rollback build')).toBe('Pipeline "build" is back on v1.\n');
    expect(await outOf('pipeline deployment list build')).toMatch(/3 +v2 +v1 +successful/);
    expect(await outOf('pipeline deployment get build 3')).toMatch(/Deployment #3 of build +successful/);
    expect((await cli('pipeline config delete build 1')).code).toBe(1);
    expect(await outOf('pipeline config delete build 2')).toBe('Deleted v2 of pipeline "build".\n');
  });

  test('a first deployment has nothing to roll back to', async () => {
    await outOf('up build.json');
    const { code, stderr } = await cli('pipeline deployment rollback build');
    expect(code).toBe(1);
    expect(stderr).toContain('pipeline "build" has nothing to roll back to');
  });

  test('a rollback passes over a version that was deleted', async () => {
    for (const description of ['first', 'second', 'third']) {
      write({ ...config, description });
      await outOf('up build.json');
    }
    await outOf('pipeline config delete build 2');
    expect(await outOf('pipeline deployment rollback build')).toBe('Pipeline "build" is back on v1.\n');
  });

  test('runs are started with variables, listed, shown and fetched by their short way', async () => {
    await outOf('up build.json');
    expect(await outOf('run start build --var WHO=me')).toContain('Run #1 of "build" has started.');
    const shown = await outOf('run get build 1');
    expect(shown).toMatch(/variables +WHO=me/);
    expect(shown).toMatch(/test +waiting +waits for "compile"/);
    expect(await outOf('fetch build 1')).toBe(shown);
    expect(await outOf('fetch build +')).toBe(await outOf('run list build'));
    expect(await outOf('fetch build 1 +')).toBe(await outOf('task list build 1'));
    expect(await outOf('fetch build 1 test')).toBe(await outOf('task get build 1 test'));
    expect(await outOf('fetch')).toBe(await outOf('pipeline list'));
    expect(await outOf('fetch build')).toBe(await outOf('pipeline get build'));
  });

  test('a queued run says its place', async () => {
    write({ ...config, ...{ parallelism: 1 } });
    await outOf('up build.json');
    for (let i = 0; i < 3; i++) await outOf('run start build');
    expect(await outOf('run get build 3')).toMatch(/Run #3 of build +pending[\s\S]*position 2/);
  });

  test('a task is cancelled, and a run', async () => {
    await outOf('up build.json');
    await outOf('run start build');
    expect(await outOf('task cancel build 1 test')).toBe('Task "test" of run #1 is cancelled.\n');
    expect(await outOf('run cancel build 1')).toBe('Run #1 of "build" is cancelled.\n');
  });

  test('what is not there is named, and ends with 3', async () => {
    await outOf('up build.json');
    for (const [line, said] of [
      ['pipeline get biuld', 'did you mean "build"?'],
      ['run get build 9', '"9"'],
      ['pipeline config get build 9', '"9"'],
      ['pipeline list --namespace nothing', '"nothing"'],
    ] as const) {
      const { code, stderr } = await cli(line);
      expect({ line, code }).toEqual({ line, code: 3 });
      expect(stderr).toContain(said);
    }
  });

  test('events tell what has happened, each with what it is about', async () => {
    await outOf('up build.json');
    expect(await outOf('event list')).toMatch(/created_pipeline +namespace=default +pipeline=build\n/);
    const [newest] = JSON.parse(await outOf('event list --reverse --limit 1 -o json')).events;
    expect(await outOf(`event get ${newest.id}`)).toBe(await outOf('event list --reverse --limit 1'));
    expect(await outOf(`event delete ${newest.id}`)).toBe(`Deleted event "${newest.id}".\n`);
    expect((await cli(`event get ${newest.id}`)).code).toBe(3);
  });

  test('new runs are refused and accepted system-wide', async () => {
    await outOf('up build.json');
    expect(await outOf('system update --runs refuse')).toBe('New runs are refused from now on.\n');
    expect(await outOf('system get')).toMatch(/runs +refused/);
    expect((await cli('run start build')).code).toBe(1);
    expect(await outOf('system update --runs accept')).toBe('New runs are accepted from now on.\n');
  });
});

test('with access control the first token opens the door, and is given once', async () => {
  await start({ auth: true });
  const shut = await cli('namespace list');
  expect(shut.code).toBe(1);
  expect(shut.stderr).toContain('gofer token bootstrap');
  const { secret } = JSON.parse((await cli('token bootstrap --output json')).stdout);
  expect((await cli(['namespace', 'list', '--token', secret])).code).toBe(0);
  expect((await cli(['token', 'whoami', '--token', secret])).stdout).toMatch(/user +\S+/);
  expect((await cli('token bootstrap')).code).toBe(1);
});
