/** The functions as `cdk synth` bundles them: how large they are, and how long the API's takes to load. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, milliseconds, type Row } from '../measure.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const kilobyte = 1024;
const rounds = 15;
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
    if (Type !== 'AWS::Lambda::Function' || !(await readdir(asset)).includes('index.mjs')) continue;
    // Gofer/Default/Control/Api/Resource
    const name = Metadata['aws:cdk:path']?.split('/').slice(2, -1).join(' ') ?? asset;
    const variables = Object.keys(Properties.Environment?.Variables ?? {});
    bundles.push({ name, file: join(asset, 'index.mjs'), variables });
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

/** An empty handler and the API's, one after the other in one process, each time a new one. */
async function load(bundles: readonly Bundle[], folder: string): Promise<Row> {
  const api = bundles.find(({ name }) => name === apiName);
  if (!api) throw new Error(`no function ${apiName}; there are ${bundles.map(({ name }) => name).join(', ')}`);
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, 'export const handler = async () => ({ statusCode: 200 });\n');
  const script = `
    const timed = async (file) => {
      const [begun, used] = [performance.now(), process.cpuUsage()];
      await import(file);
      const { user, system } = process.cpuUsage(used);
      return [performance.now() - begun, (user + system) / 1000];
    };
    const empty = await timed(${JSON.stringify(empty)});
    const api = await timed(${JSON.stringify(api.file)});
    console.log(JSON.stringify(api.map((value, i) => value - empty[i])));
    process.exit();`;
  // What the handler asks for as it loads is answered at once: how far DynamoDB is, is not the bundle's affair.
  const aws = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(aws, 'listening');
  const variables = api.variables
    .filter((name) => name.startsWith('GOFER_'))
    .map((name) => [name, 'arn:aws:states:us-east-1:123456789012']);
  const env = {
    PATH: process.env['PATH'],
    NODE_OPTIONS: '--enable-source-maps',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'of no meaning',
    AWS_SECRET_ACCESS_KEY: 'of no meaning',
    AWS_REGION: 'us-east-1',
    ...Object.fromEntries(variables),
  };
  const times: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env });
    const [time = 0, processor = 0] = JSON.parse(stdout) as number[];
    times.push(time);
    busy.push(processor);
  }
  aws.close();
  const measured = median(times);
  return {
    // On a machine with other work the processor's time says more.
    what: `import of the API's handler beyond an empty one (processor ${milliseconds(median(busy))}; best of ${rounds}: ${milliseconds(Math.min(...times))})`,
    measured: milliseconds(measured),
    target: `≤ +${slowest} ms`,
    reached: measured <= slowest,
  };
}

if (import.meta.main) console.table(await functions());
