/** The checks of one machine: the API is a real server, what the machine tells is made up. */
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../lib/client/client.ts';
import { readApi } from '../../lib/doctor/api.ts';
import { examine } from '../../lib/doctor/check.ts';
import { localChecks } from '../../lib/doctor/local/checks.ts';
import { type Machine, thisMachine } from '../../lib/doctor/local/machine.ts';
import program from '../../package.json' with { type: 'json' };
import { gofer } from '../cli/fake-io.ts';
import { startWorld } from '../local/http/world.ts';
import { complaints } from './fake-account.ts';

const GiB = 2 ** 30;
const nowhere = 'http://127.0.0.1:1';

const fine: Machine = {
  docker: async () => ({ version: '28.1.0', api: '1.49', architecture: 'amd64' }),
  dataFolder: async (path) => ({ path, exists: true, writable: true }),
  disk: async (path) => ({ path, free: 50 * GiB }),
  images: async (wanted) => ({ wanted, missing: [] }),
};

type Options = {
  readonly machine?: Partial<Machine>;
  readonly url?: string;
  readonly token?: string;
  readonly node?: string;
};

async function examined({ machine = {}, url = nowhere, token = '', node = '24.1.0' }: Options = {}) {
  const outside = { fetch, now: Date.now, wait: async () => {} };
  const facts = readApi({ url, token, version: program.version, ...outside });
  const client = createClient({ baseUrl: url, ...outside, ...(token && { token }) });
  return examine(localChecks({ machine: { ...fine, ...machine }, api: () => facts, client, node, data: '/data' }));
}

test('all is well on a machine whose server runs', async () => {
  const { server } = await startWorld();
  const findings = await examined({ url: server.url });
  expect(complaints(findings)).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual([
    ...['Node.js', 'data folder', 'disk', 'Docker', 'server', 'token', 'images'],
  ]);
});

describe('the server', () => {
  test('is not running: a warning that says how to start it', async () => {
    expect(complaints(await examined())).toEqual([
      { check: 'server', status: 'warn', says: `no server runs at ${nowhere}`, next: 'start one: gofer dev' },
    ]);
  });

  test('is something else', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    expect(complaints(await examined({ url }))).toMatchObject([
      {
        check: 'server',
        status: 'fail',
        says: `something else answers at ${url}`,
        next: expect.stringContaining('--port'),
      },
    ]);
  });

  test.each([
    ['no token', '', 'no token is set'],
    ['a wrong token', 'nonsense', 'the token is refused'],
  ])('asks for a token and gets %s', async (_, token, says) => {
    const authenticate = async () => undefined;
    const { server } = await startWorld({ authenticate });
    expect(complaints(await examined({ url: server.url, token }))).toMatchObject([
      { check: 'token', status: 'fail', says: expect.stringContaining(says) },
    ]);
  });

  test('asks nobody for a token: any is fine', async () => {
    const { server } = await startWorld();
    expect(complaints(await examined({ url: server.url, token: 'nonsense' }))).toEqual([]);
  });
});

describe('the machine', () => {
  test.each<[string, Partial<Machine>, string, string]>([
    [
      'an old Docker',
      { docker: async () => ({ version: '19.03', api: '1.40', architecture: 'amd64' }) },
      'Docker',
      'warn',
    ],
    ['no Docker', { docker: async () => ({ error: 'ENOENT', remedy: 'install it' }) }, 'Docker', 'warn'],
    ['little space', { disk: async (path) => ({ path, free: 0.5 * GiB }) }, 'disk', 'warn'],
    ['no space', { disk: async (path) => ({ path, free: 0.05 * GiB }) }, 'disk', 'fail'],
    [
      'a folder of others',
      { dataFolder: async (path) => ({ path, exists: true, writable: false }) },
      'data folder',
      'fail',
    ],
  ])('%s', async (_, machine, check, status) => {
    expect(complaints(await examined({ machine }))).toContainEqual(
      expect.objectContaining({ check, status, next: expect.any(String) }),
    );
  });

  test('an old Node.js', async () => {
    expect(complaints(await examined({ node: '20.11.0' }))).toContainEqual(
      expect.objectContaining({ check: 'Node.js', status: 'fail' }),
    );
  });

  test('images of registered pipelines that are not here', async () => {
    const { server } = await startWorld();
    const images: Machine['images'] = async (wanted) => ({ wanted, missing: wanted });
    const [complaint] = complaints(await examined({ url: server.url, machine: { images } }));
    expect(complaint).toMatchObject({ check: 'images', status: 'warn' });
    expect(complaint?.next).toContain('docker pull ');
  });

  test('a folder that is not there yet is judged by where it would be made', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'gofer-doctor-')), 'a', 'b');
    expect(await thisMachine.dataFolder(folder)).toEqual({ path: folder, exists: false, writable: true });
    expect((await thisMachine.disk(folder)).free).toBeGreaterThan(0);
  });
});

describe('gofer doctor', () => {
  const data = mkdtempSync(join(tmpdir(), 'gofer-doctor-'));
  const line = (url: string) => `doctor --api-base-url ${url} --data ${data}`;

  test('shows a line for each check and what to do', async () => {
    const { code, stdout } = await gofer(line(nowhere), { fetch });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {4}Node\.js {6}Node\.js 2\d/m);
    expect(stdout).toMatch(/^warn {2}server {7}no server runs[^\n]+\n {19}start one: gofer dev$/m);
  });

  test('exits with 1 when something is broken, also for programs', async () => {
    const { code, json } = await gofer(`doctor --api-base-url ${nowhere} --data /proc/gofer --output json`, { fetch });
    expect(code).toBe(1);
    expect(json()).toContainEqual(expect.objectContaining({ check: 'data folder', status: 'fail' }));
  });

  test('looks at AWS when the API is there, and asks for credentials first', async () => {
    const url = 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod';
    const { code, json } = await gofer(`${line(url)} --profile nobody --output json`);
    expect(code).toBe(1);
    expect(json()).toMatchObject([{ check: 'credentials', status: 'fail' }]);
  });
});
