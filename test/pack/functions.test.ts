/** The functions as `cdk synth` bundles them, loaded as Lambda loads them: a bundle may miss what the sources find. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const out = mkdtempSync(join(tmpdir(), 'gofer-synth-'));
let aws: Server;
let environment: Record<string, string>;

/** What AWS runs: the function's folder, and the variables that its stack gives it. */
type Bundle = { readonly name: string; readonly file: string; readonly variables: string[] };
let bundles: Bundle[];

beforeAll(async () => {
  await run(join(root, 'node_modules/.bin/cdk'), ['synth', '--quiet', '--output', out], { cwd: root });
  const template = JSON.parse(readFileSync(join(out, 'Gofer.template.json'), 'utf8'));
  const functions = Object.entries<{ Type: string; Metadata: Record<string, string>; Properties: Properties }>(
    template.Resources,
  ).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  bundles = functions.map(([id, { Metadata, Properties }]) => ({
    name: /^(?:Control)?([A-Z][A-Za-z]+?)[0-9A-F]{8}$/.exec(id)?.[1] ?? id,
    file: join(out, Metadata['aws:asset:path'] ?? '', 'index.js'),
    variables: Object.keys(Properties.Environment.Variables),
  }));
  aws = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(aws, 'listening');
  environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-central-1',
  };
});

type Properties = { readonly Environment: { readonly Variables: Record<string, unknown> } };

afterAll(() => {
  aws.close();
  rmSync(out, { recursive: true, force: true });
});

/** Loads the bundle in a process of its own and prints what `expression` gives of its handler. */
async function evaluate(name: string, expression: string): Promise<unknown> {
  const bundle = bundles.find((each) => each.name === name);
  if (!bundle) throw new Error(`no function ${name}; there are ${bundles.map((each) => each.name).join(', ')}`);
  const variables = bundle.variables
    .filter((each) => each.startsWith('GOFER_'))
    .map((each) => [each, 'arn:aws:states:eu-central-1:123456789012']);
  const script = `(async () => {
    const { handler } = require(${JSON.stringify(bundle.file)});
    console.log(JSON.stringify(${expression}));
  })()`;
  const env = { PATH: process.env['PATH'], ...environment, ...Object.fromEntries(variables) };
  const { stdout } = await run(process.execPath, ['--enable-source-maps', '--eval', script], { env });
  return JSON.parse(stdout);
}

describe('each function', () => {
  test.each([
    'Api',
    'Next',
    'Finish',
    'TaskStateChange',
    'ExecutionStatusChange',
    'Sweep',
    'ExtensionsFunction',
    'ExtensionReachFunction',
  ])('%s loads', async (name) => {
    expect(await evaluate(name, 'typeof handler')).toBe('function');
  });

  test('is one file with its map', () => {
    for (const { file } of bundles) expect(readdirSync(join(file, '..'))).toEqual(['index.js', 'index.js.map']);
  });

  test('is no larger than half a megabyte, the API’s than 900 KB', () => {
    const large = bundles.map(({ name, file }) => ({ name, bytes: statSync(file).size }));
    expect(large.filter(({ name, bytes }) => bytes > (name === 'Api' ? 900_000 : 500_000))).toEqual([]);
  });

  test('tells where in the sources an error comes from', async () => {
    const source = 'lambdas/states/next.ts';
    const text = readFileSync(join(root, source), 'utf8');
    const line = text.slice(0, text.indexOf('payload.parse(')).split('\n').length;
    expect(await evaluate('Next', 'await handler({}, {}).catch(({ stack }) => stack)')).toContain(
      `/${source}:${line}:`,
    );
  });

  test('maps its own sources only: Node reads the map as the function starts', () => {
    for (const { file } of bundles) {
      const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { readonly sources: readonly string[] };
      expect(sources.filter((source) => /node_modules|^\W/.test(source))).toEqual([]);
    }
  });
});

test('the API asks everybody on AWS for a token', async () => {
  const event = {
    httpMethod: 'GET',
    path: '/api/namespaces',
    headers: { Host: 'api.example' },
    multiValueHeaders: {},
    requestContext: { requestId: 'r', stage: 'prod' },
  };
  expect(await evaluate('Api', `await handler(${JSON.stringify(event)}, {})`)).toMatchObject({ statusCode: 401 });
});
