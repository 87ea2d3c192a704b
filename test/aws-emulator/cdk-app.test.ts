/** The example of a team's own CDK app: Gofer with pipelines that the stack keeps. */
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUser, runsPath } from '../e2e/user.ts';
import { type AwsInstallation, onAws } from './installation.ts';
import { inventory } from './inventory.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const timeout = 300_000;

let gofer: AwsInstallation;
let before: readonly string[];

/** Copied, since the test changes it. */
async function putInto(folder: string): Promise<void> {
  await cp(join(root, 'examples/cdk-app'), folder, { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
}

beforeAll(async () => {
  gofer = await onAws({
    app: { command: `node --import ${join(root, 'test/examples/from-source.ts')} app.ts`, stack: 'Data', putInto },
    before: async (emulator) => {
      before = await inventory(emulator);
    },
  });
});
afterAll(() => gofer?.stop());

const nightly = { namespace: 'default', pipeline: 'nightly-report' };
const imports = { namespace: 'default', pipeline: 'import' };
const user = () => createUser(gofer);

async function edit(change: (app: string) => string): Promise<void> {
  const app = join(gofer.folder, 'app.ts');
  const text = await readFile(app, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error('the example no longer has what this test changes');
  await writeFile(app, changed);
}

const statusesOfARun = async () => {
  const { begin, finished } = user();
  return (await finished(await begin(nightly))).statuses;
};

test('its pipelines are live, and run', async () => {
  const { begin, finished } = user();
  const [, { run, statuses }] = await Promise.all([statusesOfARun(), begin(imports).then(finished)]);
  expect(run.status).toBe('successful');
  expect(Object.keys(statuses)).toHaveLength(4);
});

test('its schedule is a rule of the stack', async () => {
  expect(await inventory(gofer.emulator)).toContainEqual(expect.stringMatching(/^rule .*Nightly/));
});

test('the API changes nothing of what the stack keeps, and names the stack', async () => {
  const { ask } = user();
  const path = runsPath(nightly).replace(/\/runs$/, '');
  const config = { id: nightly.pipeline, tasks: [{ id: 'other', image: 'busybox:latest' }] };
  for (const refused of [
    await ask('POST', `${path}/configs`, { config }),
    await ask('POST', `${path}/configs/1`),
    await ask('DELETE', path),
  ]) {
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(refused.message).toContain('"Data"');
  }
});

test('a change is shown by cdk diff, and live after cdk deploy', { timeout }, async () => {
  await edit((app) => app.replace("id: 'tell', image", "id: 'inform', image"));
  expect(await gofer.cdk.diff()).toContain('inform');
  await gofer.cdk.deploy();
  expect(await statusesOfARun()).toEqual({ count: 'successful', inform: 'successful' });
});

test('a deployment that fails leaves live what was', { timeout }, async () => {
  await edit((app) =>
    app
      .replace("id: 'inform', image", "id: 'never', image")
      .replace("import { App, Stack } from 'aws-cdk-lib';", "import { App, CfnResource, Stack } from 'aws-cdk-lib';")
      .concat(
        "\nnew CfnResource(stack, 'Broken', { type: 'AWS::CloudWatch::Alarm', properties: {} }).node.addDependency(nightly);\n",
      ),
  );
  await expect(gofer.cdk.deploy()).rejects.toThrow('Broken');
  expect(await statusesOfARun()).toEqual({ count: 'successful', inform: 'successful' });
});

test('a pipeline that leaves the app is disabled, and its records stay', { timeout }, async () => {
  await edit((app) => app.replace(/\nnew CfnResource.*\n/, '\n').replace(/\nPipeline\.fromFile.*\n/, '\n'));
  await gofer.cdk.deploy();
  const { ask, client } = user();
  const refused = await ask('POST', runsPath(imports), { variables: {} });
  expect([refused.status, refused.message]).toEqual([503, expect.stringContaining('disabled')]);
  expect((await client.runs.list(imports)).runs).toHaveLength(1);
});

test('cdk destroy leaves the account as it was', { timeout }, async () => {
  await gofer.cdk.destroy();
  expect(await inventory(gofer.emulator)).toEqual(before);
});
