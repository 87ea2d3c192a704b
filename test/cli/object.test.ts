/** Objects by the command line and the real server before a home in memory. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createApi } from '../../lambdas/api/api.ts';
import { hasRawBody } from '../../lib/api/raw-body.ts';
import { writeBytes } from '../../lib/cli/terminal/bytes.ts';
import { createHttpServer } from '../../lib/local/http/server.ts';
import { createMemoryHome } from '../memory-home.ts';
import { register, runsUpTo } from '../object/world.ts';
import { emptyFolder, gofer } from './fake-io.ts';

async function world() {
  const home = createMemoryHome();
  await runsUpTo(home, await register(home), 1, [1]);
  const server = createHttpServer({ handler: createApi(home), hasRawBody, host: '127.0.0.1', port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  const cwd = emptyFolder();
  const cli = (line: string, stdin?: string) =>
    gofer(line, { fetch, cwd, env: { GOFER_API_BASE_URL: server.url }, ...(stdin !== undefined && { stdin }) });
  return { home, cwd, cli };
}

test.each(['pipeline object', 'run object'])('gofer %s: put, list, get, delete', async (noun) => {
  const { cli, cwd } = await world();
  const of = noun === 'run object' ? 'build 1' : 'build';
  writeFileSync(join(cwd, 'report.html'), '<h1>all well</h1>');
  expect((await cli(`${noun} put ${of} reports/today report.html`)).stdout).toBe(
    'Stored object "reports/today", 17 B.\n',
  );
  expect((await cli(`${noun} list ${of}`)).stdout).toMatch(/reports\/today +17 B/);
  expect((await cli(`${noun} get ${of} reports/today`)).stdout).toBe('<h1>all well</h1>');
  await cli(`${noun} get ${of} reports/today copy.html`);
  expect(readFileSync(join(cwd, 'copy.html'), 'utf8')).toBe('<h1>all well</h1>');
  expect((await cli(`${noun} delete ${of} reports/today`)).stdout).toBe('Deleted object "reports/today".\n');
  const gone = await cli(`${noun} get ${of} reports/today`);
  expect(gone.code).not.toBe(0);
  expect(gone.stderr).toContain('object "reports/today" does not exist');
});

test('an object that exists is replaced with --force only', async () => {
  const { cli } = await world();
  await cli('pipeline object put build totals -', 'first');
  const again = await cli('pipeline object put build totals -', 'second');
  expect([again.code === 0, again.stderr]).toEqual([false, expect.stringContaining('exists already')]);
  await cli('pipeline object store build totals - --force', 'second');
  expect((await cli('pipeline object get build totals')).stdout).toBe('second');
});

test('a file that is not there is told by its name', async () => {
  const { cli } = await world();
  const { code, stderr } = await cli('pipeline object put build totals nowhere.txt');
  expect([code, stderr]).toEqual([2, expect.stringContaining('file "nowhere.txt" can\'t be read')]);
});

test.each([['busy'], ['lost answer']])(
  'a large content goes to the address that the API gives, without the token, and comes from there: %s',
  async (of) => {
    const { home, cwd, cli } = await world();
    const bucket = new Map<string, Buffer>();
    const tokens: unknown[] = [];
    let trouble: string = of;
    const s3 = createServer(async (request, response) => {
      tokens.push(request.headers.authorization);
      if (request.method === 'GET') return void response.end(bucket.get(request.url ?? ''));
      const content = await buffer(request);
      if (request.headers['if-none-match'] !== '*') return void response.writeHead(403).end();
      if (trouble === 'busy') response.writeHead(503).end('<Code>SlowDown</Code>');
      else if (bucket.has(request.url ?? '')) response.writeHead(412).end('<Code>PreconditionFailed</Code>');
      else {
        bucket.set(request.url ?? '', content);
        if (trouble === 'lost answer') response.destroy();
        else response.end();
      }
      trouble = '';
    });
    s3.listen(0, '127.0.0.1');
    await once(s3, 'listening');
    onTestFinished(() => void s3.close());
    const address = s3.address();
    const at = async (name: string) => `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/${name}`;
    Object.assign(home.objects, {
      addresses: {
        upload: async (name: string) => ({ url: await at(name), headers: { 'if-none-match': '*' } }),
        download: at,
      },
      sizeOf: async (name: string) => bucket.get(`/${name}`)?.length,
    });
    writeFileSync(join(cwd, 'model.bin'), Buffer.alloc(5_000_000, 'x'));
    expect((await cli('pipeline object put build model model.bin --token secret')).stdout).toBe(
      'Stored object "model", 5 MB.\n',
    );
    await cli('pipeline object get build model copy.bin --token secret');
    expect(readFileSync(join(cwd, 'copy.bin')).equals(Buffer.alloc(5_000_000, 'x'))).toBe(true);
    expect(tokens).toEqual([undefined, undefined, undefined]);
  },
);

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [1_550, '1.6 kB'],
  [123_456, '123 kB'],
  [4_300_000_000, '4.3 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(writeBytes(bytes)).toBe(text);
});
