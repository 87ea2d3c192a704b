/** The functions as `cdk synth` bundles them: how large they are, and how long the API's takes to load. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, milliseconds, type Row } from '../measure.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
/** The stricter reading: 500 KB are no more than 500,000 bytes. */
const kilobyte = 1000;
const rounds = 25;
const slowest = 120;
const apiName = 'Control Api';

type Bundle = { readonly name: string; readonly file: string; readonly variables: readonly string[] };
type Resource = {
  readonly Type: string;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly Properties: { readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> } };
};

export async function functions(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gofer-bench-'));
  try {
    await run(join(root, 'node_modules/.bin/cdk'), ['synth', '--quiet', '--output', folder], { cwd: root });
    const bundles = await bundlesIn(folder);
    const sizes = await Promise.all(bundles.map(size));
    return [...sizes, await load(bundles, folder)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundlesIn(folder: string): Promise<Bundle[]> {
  const template = JSON.parse(await readFile(join(folder, 'Gofer.template.json'), 'utf8')) as {
    readonly Resources: Readonly<Record<string, Resource>>;
  };
  const bundles: Bundle[] = [];
  for (const { Type, Metadata = {}, Properties } of Object.values(template.Resources)) {
    const asset = join(folder, Metadata['aws:asset:path'] ?? '');
    if (Type !== 'AWS::Lambda::Function' || !(await readdir(asset)).includes('index.js')) continue;
    // Gofer/Default/Control/Api/Resource
    const name = Metadata['aws:cdk:path']?.split('/').slice(2, -1).join(' ') ?? asset;
    const variables = Object.keys(Properties.Environment?.Variables ?? {});
    bundles.push({ name, file: join(asset, 'index.js'), variables });
  }
  return bundles;
}

async function size({ name, file }: Bundle): Promise<Row> {
  const bytes = (await stat(file)).size;
  const most = name === apiName ? 900 : 500;
  return {
    what: `bundle of ${name}, minified`,
    measured: `${Math.ceil(bytes / kilobyte)} KB`,
    target: `≤ ${most} KB`,
    reached: bytes <= most * kilobyte,
  };
}

/** Milliseconds. */
type Load = {
  readonly wall: number;
  /** Of `wall`: other programs had the processor. */
  readonly waited: number;
  /** All threads. */
  readonly processor: number;
};

/** What it takes on a machine that has nothing else to do. */
const undisturbed = ({ wall, waited }: Load) => wall - waited;

/** An empty handler and the API's, one after the other in one process, each time a new one: what the API's adds. */
async function load(bundles: readonly Bundle[], folder: string): Promise<Row> {
  const api = bundles.find(({ name }) => name === apiName);
  if (!api) throw new Error(`no function ${apiName}; there are ${bundles.map(({ name }) => name).join(', ')}`);
  const empty = join(folder, 'empty.js');
  await writeFile(empty, 'exports.handler = async () => ({ statusCode: 200 });\n');
  // As Lambda's runtime loads CommonJS.
  const script = `
    const { readFileSync } = require('node:fs');
    const waiting = () => {
      try {
        return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6;
      } catch {
        return 0; // Linux alone counts it.
      }
    };
    const load = (file) => {
      const [begun, used, waited] = [performance.now(), process.cpuUsage(), waiting()];
      require(file);
      const wall = performance.now() - begun;
      const { user, system } = process.cpuUsage(used);
      return { wall, waited: waiting() - waited, processor: (user + system) / 1000 };
    };
    const empty = load(${JSON.stringify(empty)});
    const api = load(${JSON.stringify(api.file)});
    const beyond = Object.entries(api).map(([name, value]) => [name, value - empty[name]]);
    console.log(JSON.stringify(Object.fromEntries(beyond)));
    process.exit();`;
  const variables = api.variables
    .filter((name) => name.startsWith('GOFER_'))
    .map((name) => [name, 'arn:aws:states:us-east-1:123456789012']);
  const env = {
    PATH: process.env['PATH'],
    NODE_OPTIONS: '--enable-source-maps',
    AWS_ACCESS_KEY_ID: 'of no meaning',
    AWS_SECRET_ACCESS_KEY: 'of no meaning',
    AWS_REGION: 'us-east-1',
    ...Object.fromEntries(variables),
  };
  const loads: Load[] = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await run(process.execPath, ['--eval', script], { env });
    loads.push(JSON.parse(stdout) as Load);
  }
  const measured = median(loads.map(undisturbed));
  const walls = loads.map(({ wall }) => wall);
  const processor = median(loads.map((each) => each.processor));
  return {
    what: `import of the API's handler beyond an empty one, without waiting for the processor (with it: ${milliseconds(median(walls))}, best of ${rounds}: ${milliseconds(Math.min(...walls))}; processor: ${milliseconds(processor)})`,
    measured: milliseconds(measured),
    target: `≤ +${slowest} ms`,
    reached: measured <= slowest,
  };
}

if (import.meta.main) console.table(await functions());
