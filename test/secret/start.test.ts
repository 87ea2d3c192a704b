/** Secrets on their way into a container: from the registration of what refers to them to the request for its launch. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createNextHandler } from '../../lambdas/states/next.ts';
import type { TaskDefinition } from '../../lib/ports/containers.ts';
import type { TokenAnswer } from '../../lib/ports/machines.ts';
import { runName } from '../../lib/task/group.ts';
import { configs, runs, type Send, startApi } from '../api/client.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';

const canary = 'canary-7Xq';
const secrets = '/api/namespaces/default/pipelines/build/secrets';

let home: MemoryHome;
let send: Send;
let answers: TokenAnswer[];
let defined: TaskDefinition[];

beforeEach(async () => {
  home = createMemoryHome();
  answers = [];
  defined = [];
  home.machines.answer = async (_, answer) => {
    answers.push(answer);
    return true;
  };
  home.containers.define = async (definition) => {
    defined.push(definition);
    return definition.image;
  };
  send = await startApi(home);
});

const register = (variables: Readonly<Record<string, string>>, more: object = {}) =>
  send(`POST ${configs}`, {
    body: { config: { id: 'build', tasks: [{ id: 'compile', image: 'busybox', variables, ...more }] } },
  });
const put = (key: string) => send(`POST ${secrets}`, { body: { key, content: canary, force: false } });
const putGlobal = (key: string, namespaces: readonly string[]) =>
  send('POST /api/secrets/global', { body: { key, content: canary, force: false, namespaces } });

/** Starts a run, lets its machine ask about the task, and tells what became of it. */
async function started() {
  expect((await send(`POST ${runs}`, { body: { variables: { WHO: 'me' } } })).status).toBe(201);
  const pipeline = await home.table.get({ pk: 'NAMESPACE#default', sk: 'build' });
  const next = createNextHandler(home);
  await next({ v: 1, run: runName(String(pipeline?.['uid']), 1), task: 'compile', o: {}, token: 'token' });
  return (await send(`GET ${runs}/1/tasks/compile`)).json['task_execution'];
}

describe('registering a config that refers to a secret', () => {
  test('that is not there is done, with a warning for each', async () => {
    const { status, json } = await register({
      A: 'pipeline_secret{{ pass }}',
      B: 'global_secret{{ pass }}',
      C: 'plain',
    });
    expect(status).toBe(201);
    expect(json['warnings']).toEqual([
      expect.stringMatching(/variables\.A.*task "compile": secret "pass" does not exist in pipeline "build"/),
      expect.stringMatching(/variables\.B.*task "compile": global secret "pass" does not exist/),
    ]);
  });

  test('that is there says nothing', async () => {
    await register({});
    await put('pass');
    expect((await register({ A: 'pipeline_secret{{pass}}' })).json['warnings']).toBeUndefined();
  });
});

describe('a task that is about to start', () => {
  test('names its secrets in the definition, and nowhere else', async () => {
    await register({});
    await put('pass word');
    await putGlobal('pass', ['.*']);
    await register({ pass: 'pipeline_secret{{ pass word }}', ALL: 'global_secret{{ pass }}', C: 'plain' });
    await send(`POST ${configs}/2`);
    await started();
    const secrets = { ALL: '_global/pass/value', PASS: 'default/build/pass.20word/value' };
    expect(defined.at(-1)).toMatchObject({ secrets });
    const [answer] = answers;
    const environment = JSON.stringify(answer);
    expect(environment).toContain('"Name":"C","Value":"plain"');
    expect(environment).not.toMatch(/PASS|ALL|secret|canary/);
  });

  test('fails without its secret, by the names of variable and secret', async () => {
    await register({ PASS: 'pipeline_secret{{ pass }}' });
    expect(await started()).toMatchObject({
      status: 'failed',
      status_reason: {
        reason: 'failed_precondition',
        description: 'variable PASS: secret "pass" does not exist in pipeline "build"',
      },
    });
    expect(answers).toEqual([{ error: 'Gofer.Over', cause: 'failed' }]);
  });

  test('fails with a secret that was deleted in the meantime', async () => {
    await register({ PASS: 'pipeline_secret{{ pass }}' });
    await put('pass');
    await send(`DELETE ${secrets}/pass`);
    expect(await started()).toMatchObject({ status: 'failed' });
  });

  test('fails with a global secret that is for other namespaces, told no more than of one that is not there', async () => {
    await putGlobal('pass', ['^team-']);
    const { json } = await register({ PASS: 'global_secret{{ pass }}', OTHER: 'global_secret{{ other }}' });
    const said = (key: string) => `global secret "${key}" does not exist for namespace "default"`;
    const warnings = json['warnings'] as string[];
    expect(warnings).toEqual([expect.stringContaining(said('pass')), expect.stringContaining(said('other'))]);
    expect(warnings.join()).not.toContain('team-');
    expect(await started()).toMatchObject({
      status_reason: { description: `variable PASS: ${said('pass')}; variable OTHER: ${said('other')}` },
    });
  });

  test('gets a secret that came after its registration', async () => {
    await register({ PASS: 'pipeline_secret{{ pass }}' });
    await put('pass');
    expect(await started()).toMatchObject({ status: 'unknown' });
    expect(answers).toMatchObject([{ output: { k: 1 } }]);
  });
});

describe('a run is refused', () => {
  test.each([
    ['a variable in the place of a secret', { pass: 'mine' }],
    ['a reference of its own', { OTHER: 'pipeline_secret{{ pass }}' }],
    ['a name of Gofer’s', { GOFER_TOKEN: 'x' }],
  ])('%s', async (_, variables) => {
    await register({ PASS: 'pipeline_secret{{ pass }}' });
    expect(await send(`POST ${runs}`, { body: { variables } })).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining(Object.keys(variables)[0]?.toUpperCase() ?? '') },
    });
  });
});

describe('the password of a registry', () => {
  const auth = { registry_auth: { user: 'ann', pass: canary } };

  test('is kept as a secret: the config, its version and the definition are without it', async () => {
    const { status, json } = await register({}, auth);
    expect(status).toBe(201);
    expect(json['warnings']).toBeUndefined();
    expect(JSON.stringify(json)).not.toContain(canary);
    expect((await send(`GET ${configs}/1`)).result.body).toContain('"registry_auth":{"user":"ann","pass":""}');
    const name = 'default/build/_registry/compile/value';
    expect(JSON.parse(home.secrets.values.get(name) ?? '')).toEqual({ username: 'ann', password: canary });
    await started();
    expect(defined.at(-1)).toMatchObject({ registry: name });
    expect(JSON.stringify([defined, answers])).not.toContain(canary);
  });

  test('stays when the config is registered as it was read, and changes with another one', async () => {
    await register({}, auth);
    const read = { registry_auth: { user: 'ann', pass: '' } };
    expect((await register({}, read)).json).not.toHaveProperty('warnings');
    expect([...home.secrets.values.values()][0]).toContain(canary);
    const { json } = await register({}, { registry_auth: { user: 'ann', pass: 'another' } });
    // It is no part of the config, so this is the same version.
    expect(json).toMatchObject({ pipeline: { config: { version: 1 } } });
    expect([...home.secrets.values.values()][0]).toContain('another');
  });

  test('that nobody has given is told', async () => {
    const { json } = await register({}, { registry_auth: { user: 'ann', pass: '' } });
    expect(json['warnings']).toEqual([expect.stringContaining('registry_auth has no password, and none is stored')]);
  });

  test('can not be a reference', async () => {
    const { status, json } = await register({}, { registry_auth: { user: 'ann', pass: 'pipeline_secret{{ p }}' } });
    expect([status, json['message']]).toEqual([400, expect.stringContaining('registry_auth.pass is a reference')]);
  });

  test('is no secret of the pipeline’s list, and goes with the pipeline', async () => {
    await register({}, auth);
    expect((await send(`GET ${secrets}`)).json).toEqual({ secrets: [] });
    await send('DELETE /api/namespaces/default/pipelines/build');
    expect(home.secrets.values.size).toBe(0);
  });
});
