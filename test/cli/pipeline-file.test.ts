import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder, gofer } from './fake-io.ts';
import { ended, pipelinePath, run, runLog, runPath, successful } from './fake-run.ts';

const good = {
  id: 'build',
  tasks: [
    { id: 'compile', image: 'busybox:latest' },
    { id: 'test', image: 'busybox:latest', depends_on: { compile: 'Success' } },
  ],
};
const bad = {
  id: 'build',
  tasks: [
    { id: 'compile', image: 'busybox:latest', comand: ['true'] },
    { id: 'test', image: 'busybox:latest', depends_on: { compil: 'Success' } },
  ],
};

function folderWith(file: string, content: unknown): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return folder;
}

describe('gofer init', () => {
  test('writes a first pipeline that is valid', async () => {
    const cwd = emptyFolder();
    const { code, stdout } = await gofer('init', { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('gofer up pipeline.ts --run --follow');
    const checked = await gofer('pipeline validate pipeline.ts', { cwd });
    expect(checked.stdout).toMatch(/^✓ pipeline.ts: pipeline "hello" with \d tasks is valid\n$/);
  });

  test('names the pipeline after its file', async () => {
    const cwd = emptyFolder();
    await gofer('init nightly.ts', { cwd });
    expect(readFileSync(join(cwd, 'nightly.ts'), 'utf8')).toContain("id: 'nightly'");
  });

  test('never overwrites a file', async () => {
    const cwd = folderWith('pipeline.ts', 'mine');
    const { code, stderr } = await gofer('init', { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('"pipeline.ts" exists and is left as it is; name another file: gofer init my-pipeline.ts');
    expect(readFileSync(join(cwd, 'pipeline.ts'), 'utf8')).toBe('mine');
  });

  test('refuses another language, and a folder that is not there', async () => {
    expect((await gofer('init pipeline.py')).stderr).toContain('must end in .ts');
    expect((await gofer('init nowhere/pipeline.ts', { cwd: emptyFolder() })).stderr).toContain(
      'its folder does not exist',
    );
  });
});

describe('gofer pipeline validate', () => {
  test('asks no server', async () => {
    const { code, requests } = await gofer('pipeline validate build.json', { cwd: folderWith('build.json', good) });
    expect({ code, requests }).toEqual({ code: 0, requests: [] });
  });

  test('reads standard input', async () => {
    const { stdout } = await gofer('pipeline validate -', { stdin: JSON.stringify(good) });
    expect(stdout).toBe('✓ standard input: pipeline "build" with 2 tasks is valid\n');
  });

  test('tells every problem with its place and a suggestion, and ends with 1', async () => {
    const { code, stdout, stderr } = await gofer('pipeline validate build.json', {
      cwd: folderWith('build.json', bad),
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: build.json has 2 problems:\n/);
    expect(stderr).toMatch(/line \d+, tasks\[0\]\.comand.*did you mean "command"\?/);
    expect(stderr).toMatch(/line \d+, tasks\[1\]\.depends_on\.compil.*did you mean "compile"\?/);
  });
});

describe('gofer pipeline graph', () => {
  const cwd = folderWith('build.json', good);

  test('draws what waits for what', async () => {
    expect((await gofer('pipeline graph build.json', { cwd })).stdout).toMatch(/compile\n.*test/);
  });

  test('draws it for Markdown', async () => {
    expect((await gofer('pipeline graph build.json --mermaid', { cwd })).stdout).toMatch(/^(flowchart|graph) /);
  });

  test('prints the state machine that runs it', async () => {
    const result = await gofer('pipeline graph build.json --asl', { cwd });
    expect(result.json()).toMatchObject({ StartAt: 'next compile' });
  });

  test('refuses two drawings at once', async () => {
    expect((await gofer('pipeline graph build.json --asl --mermaid', { cwd })).code).toBe(2);
  });
});

describe('gofer up', () => {
  const config = (state: string) => ({ namespace_id: 'default', pipeline_id: 'build', version: 2, state });
  const register = (state = 'unreleased') => ({
    [`POST ${pipelinePath}/configs`]: { status: 201, body: { pipeline: { metadata: {}, config: config(state) } } },
  });
  const deployment = (state: string, status: string, description?: string) => ({
    deployment: {
      deployment_id: 7,
      start_version: 1,
      end_version: 2,
      state,
      status,
      status_reason: description ? { reason: 'Unknown', description } : null,
    },
  });
  const deploy = (status = 'Successful', description?: string) => ({
    [`POST ${pipelinePath}/configs/2`]: { status: 201, body: deployment('Running', 'Unknown') },
    [`GET ${pipelinePath}/deployments/7`]: { body: deployment('Complete', status, description) },
  });
  const cwd = folderWith('build.json', good);

  test('registers, deploys, and waits until the version is live', async () => {
    const { code, stdout, requests } = await gofer('up build.json', { cwd, routes: { ...register(), ...deploy() } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ Pipeline "build" v2 is live\n/);
    expect(requests.map(({ key }) => key)).toEqual([
      `POST ${pipelinePath}/configs`,
      `POST ${pipelinePath}/configs/2`,
      `GET ${pipelinePath}/deployments/7`,
    ]);
    // The contract's words, which an original server takes too.
    expect(requests[0]?.body).toMatchObject({
      config: { id: 'build', tasks: [{ id: 'compile' }, { depends_on: { compile: 'Success' } }] },
    });
  });

  test('registers alone with --no-deploy', async () => {
    const { stdout, requests } = await gofer('up build.json --no-deploy', { cwd, routes: register() });
    expect(stdout).toBe('✓ Pipeline "build" v2 is registered, not deployed\n');
    expect(requests).toHaveLength(1);
  });

  test('deploys nothing when nothing has changed', async () => {
    const { stdout, requests } = await gofer('up build.json', { cwd, routes: register('live') });
    expect(stdout).toContain('v2 is live already: nothing has changed');
    expect(requests).toHaveLength(1);
  });

  test('goes on to a run, whose outcome is the exit code', async () => {
    const routes = {
      ...register(),
      ...deploy(),
      [`POST ${pipelinePath}/runs`]: { status: 201, body: { run: run() } },
      [`GET ${runPath}`]: { body: { run: ended('failed') } },
      [`GET ${runPath}/tasks`]: { body: { task_executions: [successful('compile')] } },
      [`GET ${runPath}/logs`]: runLog({ compile: ['compiled'] }),
    };
    const { code, stdout } = await gofer('up build.json --run --follow --var A=1', { cwd, routes });
    expect(code).toBe(1);
    expect(stdout).toContain('v2 is live\n');
    expect(stdout).toContain('compile │ compiled');
    expect(stdout).toContain('✗ Run #1 of build failed');
  });

  test('says why a deployment failed, and what stays live', async () => {
    const routes = { ...register(), ...deploy('Failed', 'too many machines') };
    const { code, stderr } = await gofer('up build.json', { cwd, routes });
    expect(code).toBe(1);
    expect(stderr).toContain('v2 of "build" could not be deployed: too many machines; v1 stays live');
  });

  test('registers nothing of a broken file', async () => {
    const { code, requests } = await gofer('up build.json', { cwd: folderWith('build.json', bad) });
    expect({ code, requests }).toEqual({ code: 1, requests: [] });
  });

  test('says that a file is not there', async () => {
    const { code, stderr } = await gofer('up other.json', { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('other.json does not exist');
  });
});
