/**
 * A secret is planted, used, printed, replaced, refused and deleted on one machine; then everything that the product wrote
 * or said is searched for it. The one place where it may be is the container's own log, as the container wrote it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevServer, startDev } from '../../lib/local/dev.ts';
import { formsOf } from '../../lib/logs/secret-forms.ts';
import { gofer } from '../cli/fake-io.ts';

const canaries = {
  pipeline: 'canary-Pq7/"x"+9zR',
  global: 'canary-Gm3&kW5 tail',
  registry: 'canary-Rt8?uV2',
  refused: 'canary-Xn4!bY6',
};
/** Found where it may be: without it the search would find nothing anywhere. */
const marker = 'plain-marker-Lw1';

const forms = Object.values(canaries).flatMap((each) => [
  ...formsOf(each).map((form) => Buffer.from(form)),
  Buffer.from(Buffer.from(each).toString('hex')),
  Buffer.from(each, 'utf16le'),
]);
const holds = (bytes: Buffer) => forms.some((form) => bytes.includes(form));

const pipeline = '/api/namespaces/default/pipelines/canary';
const secrets = `${pipeline}/secrets`;
const run = `${pipeline}/runs/1`;

let data: string;
let server: DevServer;
const said: string[] = [];

/** Everything that is answered is kept, with its headers. */
async function ask(line: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const [method = '', path = ''] = line.split(' ');
  const answer = await fetch(server.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  said.push(`${line}\n${JSON.stringify([...answer.headers])}\n${text}`);
  return text;
}

const sh = (script: string, variables: Readonly<Record<string, string>>, more: object = {}) => ({
  ...{ image: 'busybox', command: ['sh', '-c', script], variables },
  ...more,
});

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'gofer-canary-'));
  const notice = (line: string) => void said.push(line);
  server = await startDev({ host: '127.0.0.1', port: 0, data, containers: 'process', auth: false, notice });

  const both = { PASS: 'pipeline_secret{{ pass }}', ALL: 'global_secret{{ all }}', PLAIN: marker };
  const tasks = [
    {
      id: 'tell',
      ...sh(
        'echo "I know $PASS and $ALL"; printf %s "$PASS" | base64; echo "$ALL" >&2; ! grep -rqF -e "$PASS" -e "$ALL" ..',
        both,
      ),
      registry_auth: { user: 'ann', pass: canaries.registry },
    },
    { id: 'fails', ...sh('echo "$PASS"; exit 3', both) },
    { id: 'lacks', ...sh('true', { GONE: 'pipeline_secret{{ gone }}' }) },
  ];
  await ask(`POST ${pipeline}/configs`, { config: { id: 'canary', tasks } });
  await ask(`POST ${secrets}`, { key: 'pass', content: canaries.pipeline, force: false });
  await ask('POST /api/secrets/global', { key: 'all', content: canaries.global, force: false, namespaces: ['.*'] });
  await ask(`POST ${pipeline}/configs/1`);
  await ask(`POST ${pipeline}/runs`, { variables: {} });
  // Each ends with its log, the last of them with the run.
  for (const task of ['tell', 'fails'])
    await ask(`GET ${run}/tasks/${task}/logs`, undefined, { accept: 'text/event-stream' });
  await ask(`GET ${run}/logs`, undefined, { accept: 'text/event-stream' });
}, 60_000);

afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true });
});

test('the containers had it, no file beside them did, and the run is over', async () => {
  const tasks = await ask(`GET ${run}/tasks`);
  expect(tasks).toContain('"exit_code":0');
  expect(tasks).toContain('"exit_code":3');
  expect(tasks).toContain('secret \\"gone\\" does not exist');
  expect(await ask(`GET ${run}/tasks/tell/logs`)).toBe('I know *** and ***\n***\n***\n');
});

test('no answer tells it', async () => {
  const paths = [
    'configs',
    'configs/1',
    'deployments',
    'runs',
    'secrets',
    'secrets/pass',
    'secrets/pass?include_secret=false',
  ];
  for (const path of paths) await ask(`GET ${pipeline}/${path}`);
  for (const path of ['', '/tasks', '/tasks/tell', '/tasks/fails', '/tasks/fails/logs']) await ask(`GET ${run}${path}`);
  for (const path of ['secrets/global', 'secrets/global/all', 'events', 'system', 'openapi.json'])
    await ask(`GET /api/${path}`);
  expect(said.join('\n')).toContain(marker);
  expect(said.filter((each) => holds(Buffer.from(each)))).toEqual([]);
});

test('no refusal repeats it', async () => {
  const content = canaries.refused;
  const answers = [
    await ask(`POST ${secrets}`, { key: 'pass', content, force: false }),
    await ask(`POST ${secrets}`, { key: '', content, force: false }),
    await ask(`POST ${secrets}`, { key: 'large', content: content.repeat(6000), force: false }),
    await ask(`POST ${secrets}`, { key: 'wrong', content: [content], force: false }),
    await ask(`POST ${secrets}`, `{"key": "broken", "content": "${content}}`),
    await ask(`POST ${secrets}`, `{"key": "broken", "content": ${content}}`),
    await ask(`POST ${secrets}`, { key: 'unknown', content, force: false, more: true }),
    await ask(`POST ${pipeline.replace('canary', 'other')}/secrets`, { key: 'pass', content, force: false }),
    await ask('POST /api/secrets/global', { key: 'all', content, force: true, namespaces: ['('] }),
  ];
  for (const answer of answers) {
    expect(answer).toContain('"message"');
    expect(holds(Buffer.from(answer))).toBe(false);
  }
});

test('the command line shows it on demand alone', async () => {
  const env = { GOFER_API_BASE_URL: server.url };
  const lines = [
    'run get canary 1',
    'run logs canary 1',
    'task list canary 1',
    'task logs canary 1 tell',
    'event list',
    'pipeline config get canary 1 -o json',
    'secret pipeline list canary',
    'secret pipeline get canary pass --debug',
    'secret global list -o json',
  ];
  for (const line of lines) {
    const { stdout, stderr } = await gofer(line, { fetch, env });
    expect(stdout + stderr, line).not.toBe('');
    expect(holds(Buffer.from(stdout + stderr)), line).toBe(false);
  }
  expect((await gofer('secret pipeline get canary pass --reveal', { fetch, env })).stdout).toContain(canaries.pipeline);
});

/** A file may go between being listed and being read: what the server writes beside another takes its place. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

describe('no file holds it', () => {
  const files = () =>
    readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name));
  const found = (is: (bytes: Buffer) => boolean) =>
    files()
      .filter((path) => is(contentOf(path)))
      .map((path) => relative(data, path).split('/')[0]);

  test('but the log that the container wrote itself', () => {
    expect(new Set(found(holds))).toEqual(new Set(['logs']));
    // The same search finds what is no secret: in the table, where the config is.
    expect(found((bytes) => bytes.includes(marker))).toContain('table');
  });

  test('nor after it was replaced and deleted', async () => {
    await ask(`POST ${secrets}`, { key: 'pass', content: canaries.refused, force: true });
    // What was printed before is masked still.
    expect(await ask(`GET ${run}/tasks/fails/logs`)).toBe('***\n');
    await ask(`DELETE ${secrets}/pass`);
    await ask('DELETE /api/secrets/global/all');
    expect(new Set(found(holds))).toEqual(new Set(['logs']));
  });
});
