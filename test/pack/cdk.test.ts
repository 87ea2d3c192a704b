/** The constructs as published, in a CDK app of a team's own: an empty folder with the package and the CDK's library. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const { resolve } = createRequire(import.meta.url);
let folder: string;

const program = (settings: string) => `
  import { App, Stack } from 'aws-cdk-lib';
  import { Gofer, Pipeline } from 'gofer-serverless/cdk';
  import { pipeline, task } from 'gofer-serverless';
  const app = new App({ outdir: 'cdk.out' });
  const gofer = new Gofer(new Stack(app, 'Team'), 'Gofer', ${settings});
  new Pipeline(gofer, 'Nightly', pipeline({ id: 'nightly', tasks: [task({ id: 'one', image: 'busybox' })] }));
  app.synth();
`;

const compile = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  const options = '--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2024 --types node';
  return run(join(root, 'node_modules/.bin/tsc'), [...options.split(' '), '--ignoreConfig', '--skipLibCheck', name], {
    cwd: folder,
  });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gofer-cdk-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [packed] = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m)))) as { filename: string }[];
  if (!packed) throw new Error(`npm pack named no package: ${stdout}`);
  await writeFile(join(folder, 'package.json'), '{ "name": "team", "version": "1.0.0", "type": "module" }');
  const versions = await Promise.all(
    ['aws-cdk-lib', 'constructs', '@types/node'].map(async (name) => {
      const { version } = JSON.parse(await readFile(packageOf(name), 'utf8'));
      return `${name}@${version}`;
    }),
  );
  const options = ['install', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', [...options, join(folder, packed.filename), ...versions], { cwd: folder });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const packageOf = (name: string) =>
  name === 'aws-cdk-lib'
    ? join(dirname(resolve(name)), 'package.json')
    : join(root, 'node_modules', name, 'package.json');

test('make a stack with every function in it, without a bundler', async () => {
  await writeFile(join(folder, 'app.mjs'), program('{ spot: true }'));
  await run(process.execPath, ['app.mjs'], { cwd: folder });
  expect(existsSync(join(folder, 'node_modules/esbuild'))).toBe(false);

  const out = join(folder, 'cdk.out');
  const { Resources } = JSON.parse(await readFile(join(out, 'Team.template.json'), 'utf8'));
  const functions = Object.values<{ Type: string }>(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  expect(functions.length).toBeGreaterThan(8);
  const assets = (await readdir(out)).filter((name) => name.startsWith('asset.') && !name.endsWith('.json'));
  expect(assets).toHaveLength(functions.length);
  for (const asset of assets) expect(await readdir(join(out, asset))).toEqual(['index.js', 'index.js.map']);
});

test('bring their types along', async () => {
  await expect(
    compile('right.ts', program('{ spot: true, logRetention: 90, throttle: { rate: 5, burst: 9 } }')),
  ).resolves.toBeDefined();
  await expect(compile('wrong.ts', program('{ spott: true }'))).rejects.toMatchObject({
    stdout: expect.stringContaining("'spott' does not exist in type 'GoferProps'"),
  });
});
