/** `gofer secret`: values come in unseen, and out on demand alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder, gofer, type Routes } from './fake-io.ts';

const path = '/api/namespaces/default/pipelines/build/secrets';
const metadata = { key: 'PASS', namespaces: ['default'], created: 1 };
const routes: Routes = {
  [`POST ${path}`]: { status: 201, body: { secret: metadata } },
  [`GET ${path}`]: { body: { secrets: [metadata] } },
  [`GET ${path}/PASS?include_secret=false`]: { body: { metadata, secret: null } },
  [`GET ${path}/PASS?include_secret=true`]: { body: { metadata, secret: 'canary' } },
  'POST /api/secrets/global': { status: 201, body: { secret: metadata } },
};

const put = 'secret pipeline put build PASS';

describe('a value', () => {
  test.each([
    ['of one line loses the line’s end', 'canary\n', 'canary'],
    ['of several lines stays as it is', 'one\ntwo\n', 'one\ntwo\n'],
    ['without a line’s end stays as it is', 'canary', 'canary'],
  ])('%s', async (_, stdin, content) => {
    const { code, requests } = await gofer(put, { routes, stdin });
    expect([code, requests[0]?.body]).toEqual([0, { key: 'PASS', content, force: false }]);
  });

  test('comes from a file, or from the environment', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'pass.txt'), 'canary\n');
    const file = await gofer(`${put} --file pass.txt --force`, { routes, cwd });
    expect(file.requests[0]?.body).toEqual({ key: 'PASS', content: 'canary', force: true });
    const env = await gofer(`${put} --env MINE`, { routes, env: { MINE: 'canary' } });
    expect(env.requests[0]?.body).toEqual({ key: 'PASS', content: 'canary', force: false });
  });

  test.each([
    ['a file that is not there', '--file gone.txt', 'gone.txt can'],
    ['a variable that is not there', '--env GONE', 'no variable GONE'],
    ['both', '--env A --file b', 'choose one'],
  ])('is not taken of %s', async (_, flags, why) => {
    const { code, stderr, requests } = await gofer(`${put} ${flags}`, { routes });
    expect([code, requests]).toEqual([2, []]);
    expect(stderr).toContain(why);
  });

  test('is told by no output, not even that of --debug', async () => {
    const { stdout, stderr } = await gofer(`${put} --debug`, { routes, stdin: 'canary' });
    expect(stdout).toContain('pipeline_secret{{ PASS }}');
    expect(stdout + stderr).not.toContain('canary');
  });
});

test('a list and a single one show no value; --reveal does', async () => {
  expect((await gofer('secret pipeline list build', { routes })).stdout).toMatch(/PASS +default/);
  expect((await gofer('secret pipeline get build PASS', { routes })).stdout).not.toContain('canary');
  expect((await gofer('secret pipeline get build PASS --reveal', { routes })).stdout).toContain('canary');
});

test('a global one needs its namespaces', async () => {
  const line = 'secret global put PASS';
  expect((await gofer(line, { routes, stdin: 'canary' })).code).toBe(2);
  const { requests } = await gofer(`${line} --namespaces ^team- ^default$`, { routes, stdin: 'canary' });
  expect(requests[0]?.body).toEqual({
    key: 'PASS',
    content: 'canary',
    namespaces: ['^team-', '^default$'],
    force: false,
  });
});

test('what the server says of a deletion is told', async () => {
  const fetch = async () =>
    new Response(null, { status: 204, headers: { warning: '299 gofer "it is gone, and task \'a\' will fail"' } });
  const { code, stdout, stderr } = await gofer('secret pipeline delete build PASS', { fetch });
  expect([code, stdout]).toEqual([0, 'Deleted secret "PASS" of "build".\n']);
  expect(stderr).toContain("note: it is gone, and task 'a' will fail");
});
