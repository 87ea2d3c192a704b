/** What `npm publish` would send, installed into an empty folder and used as a stranger would. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;

let folder: string;
let files: string[];
const binary = () => join(folder, 'node_modules/.bin/gofer');
const gofer = (...args: string[]) => run(process.execPath, [binary(), ...args], { cwd: folder });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gofer-pack-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  // Newer versions of npm answer with an object by package name, older ones with a list.
  const [packed]: { filename: string; files: { path: string }[] }[] = Object.values(
    JSON.parse(stdout.slice(stdout.search(/^[[{]/m))),
  );
  if (!packed) throw new Error(`npm pack named no package: ${stdout}`);
  files = packed.files.map(({ path }) => path);
  await writeFile(join(folder, 'package.json'), '{ "name": "stranger", "version": "1.0.0", "type": "module" }');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename)], {
    cwd: folder,
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  test('holds what is run, read and asked for by licences', () => {
    const needed = ['dist/gofer.js', 'dist/cli.js', 'dist/sdk.js', 'dist/wrapper.js', 'dist/module-worker.js'];
    const read = ['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/THIRD-PARTY-LICENCES.txt', 'dist/sdk/index.d.ts'];
    expect(files).toEqual(expect.arrayContaining([...needed, ...read]));
  });

  test('holds no sources, tests or machinery', () => {
    expect(files.filter((path) => !/^(dist|docs|examples)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path))).toEqual([]);
    expect(files.filter((path) => /^(dist|docs)\/.*(?<!\.d)\.ts$/.test(path))).toEqual([]);
  });

  test('leaves the tools of its own development out of an installation', async () => {
    const installed = await readdir(join(folder, 'node_modules'));
    expect(installed).toEqual(expect.arrayContaining(['gofer-serverless', 'dynalite', 'dockerode']));
    for (const tool of ['aws-cdk-lib', 'vitest', 'typescript', 'esbuild']) expect(installed).not.toContain(tool);
  });
});

describe('the command line', () => {
  test('shows its help, in less than a second', async () => {
    await gofer('--help');
    const started = performance.now();
    const { stdout } = await gofer('--help');
    expect(performance.now() - started).toBeLessThan(1000);
    expect(stdout).toMatch(/^Usage: gofer /);
  });

  test('knows its version', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect((await gofer('--version')).stdout.trim()).toBe(version);
  });

  test('writes a first pipeline and finds it right, without a server', async () => {
    await gofer('init', 'first.ts');
    await expect(gofer('pipeline', 'validate', 'first.ts')).resolves.toBeDefined();
  });

  test('tells what is wrong with a pipeline', async () => {
    await writeFile(join(folder, 'wrong.json'), '{ "id": "wrong", "tasks": [{ "id": "one" }] }');
    await expect(gofer('pipeline', 'validate', 'wrong.json')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('image'),
    });
  });
});

describe('on an older Node.js', () => {
  /** What the command line does on a Node.js that the registry has. */
  async function on(version: string, ...args: string[]) {
    const home = join(folder, `node-${version}`);
    await mkdir(home);
    // Without its install script the package has no binary in it.
    await writeFile(join(home, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }');
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `node@${version}`], { cwd: home });
    return run(join(home, 'node_modules/node/bin/node'), [binary(), ...args], { cwd: folder });
  }

  test('runs where types are stripped first', async () => {
    await gofer('init', 'oldest.ts');
    await expect(on('22.18.0', 'pipeline', 'validate', 'oldest.ts')).resolves.toBeDefined();
  });

  test('says in one line that the one before is too old', async () => {
    await expect(on('22.17.1', '--version')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'gofer needs Node.js 22.18 or newer; this is 22.17.1\n',
    });
  });
});

describe('the server', () => {
  test('starts, runs a pipeline to its end, and stops when it is told to', async () => {
    const server = spawn(
      process.execPath,
      [binary(), ...'dev --port 0 --containers process --output json'.split(' ')],
      {
        cwd: folder,
      },
    );
    const stopped = once(server, 'exit');
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const { url } = JSON.parse(line.toString());
      const steps = ['up', 'first.ts', '--run', '--follow', '--api-base-url', url];
      const { stdout } = await gofer(...steps);
      expect(stdout).toMatch(/test-unit .*│ unit: ok/);
      expect(stdout).toContain('successful');
    } finally {
      server.kill('SIGTERM');
    }
    expect(await stopped).toEqual([0, null]);
  });
});

/** As strangers do whose compiler is strict, and has looked at every declaration. */
const compile = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--types',
    '',
    '--lib',
    'es2024,dom',
  ];
  return run(join(root, 'node_modules/.bin/tsc'), [...options, '--ignoreConfig', name], { cwd: folder });
};

describe('the SDK', () => {
  const program = (dependency: string) => `
    import { pipeline, task } from 'gofer-serverless';
    const one = task({ id: 'one', image: 'busybox' });
    const two = task({ id: 'two', image: 'busybox', depends_on: { ${dependency}: 'success' } });
    console.log(JSON.stringify(pipeline({ id: 'stranger', tasks: [one, two] })));
  `;
  test('makes a pipeline in a program of its own', async () => {
    await writeFile(join(folder, 'program.mjs'), program('one'));
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ id: 'stranger', tasks: [{ id: 'one' }, { id: 'two' }] });
  });

  test('brings its types along', async () => {
    await expect(compile('right.ts', program('one'))).resolves.toBeDefined();
  });

  test('lets the compiler find a dependency that is none', async () => {
    await expect(compile('wrong.ts', program('onr'))).rejects.toMatchObject({ stdout: expect.stringContaining('onr') });
  });
});

describe('the client', () => {
  const program = (field: string) => `
    import { ApiError, createClient, type Run } from 'gofer-serverless/client';
    const client = createClient({ baseUrl: 'http://127.0.0.1:9' });
    const outcome = ({ ${field} }: Run): string => ${field};
    export const last = async () => outcome((await client.runs.list({ namespace: 'a', pipeline: 'b' })).runs[0]!);
    console.log(typeof ApiError, typeof client.runs.start);
  `;

  test('runs in a program of its own', async () => {
    await writeFile(join(folder, 'client.mjs'), program('status').replaceAll(/, type Run|: Run|: string|!/g, ''));
    expect((await run(process.execPath, ['client.mjs'], { cwd: folder })).stdout).toBe('function function\n');
  });

  test('brings its types along, which are those of the API', async () => {
    await expect(compile('reader.ts', program('status'))).resolves.toBeDefined();
    await expect(compile('dreamer.ts', program('statuss'))).rejects.toMatchObject({
      stdout: expect.stringContaining('statuss'),
    });
  });
});
