/** On AWS an extension is there before its container runs: what `install` and `enable` do until then. */
import { describe, expect, test } from 'vitest';
import { type Answer, gofer, type Options } from './fake-io.ts';

const path = '/api/extensions/hooks';

const extension = (state: string, more: Readonly<Record<string, unknown>> = {}): Answer => ({
  body: {
    extension: {
      registration: {
        ...{ extension_id: 'hooks', image: 'hooks:1', settings: [], additional_roles: [] },
        ...{ status: 'enabled', created: 1, modified: 0 },
      },
      ...{ url: '', started: 0, state },
      documentation: { body: '', config_params: [], pipeline_subscription_params: [] },
      ...more,
    },
  },
});

/** Each look at the extension finds the next of `states`; the last one stays. */
async function run(line: string, states: readonly Answer[], options: Options = {}) {
  let looks = 0;
  const result = await gofer(line, {
    ...options,
    routes: {
      'POST /api/extensions': { ...extension('processing', { reason: 'waits for its container' }), status: 201 },
      [`PATCH ${path}`]: { status: 204 },
      [`GET ${path}`]: () => states[Math.min(looks++, states.length - 1)] ?? { status: 500 },
    },
  });
  return { ...result, looks };
}

const processing = extension('processing', { reason: 'its container is starting' });
const running = extension('running', { started: 5, url: 'http://10.0.0.7:8082' });
const exited = extension('exited', { reason: 'it ended with exit code 3' });

describe.each([
  ['extension install hooks hooks:1', /^Extension hooks {2}running\n[\s\S]*http:\/\/10\.0\.0\.7:8082/],
  ['extension enable hooks', /^Extension "hooks" is enabled\.\n$/],
])('gofer %s', (line, said) => {
  test('returns when it runs', async () => {
    const { code, stdout, looks } = await run(line, [processing, processing, running]);
    expect([code, stdout, looks]).toEqual([0, expect.stringMatching(said), 3]);
  });

  test('fails with the reason when it has ended, and says where more is to be seen', async () => {
    const { code, stdout, stderr } = await run(line, [processing, exited]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('extension "hooks" does not run: it ended with exit code 3');
    expect(stderr).toContain('gofer extension logs hooks');
  });

  test('is not patient for more than three minutes', async () => {
    const { code, stdout, stderr, looks } = await run(line, [processing]);
    expect([code, stdout, looks]).toEqual([1, '', 181]);
    expect(stderr).toContain('extension "hooks" does not run after 3 minutes: its container is starting');
    expect(stderr).toContain('gofer extension get hooks');
  });

  test('waits for nothing with --no-wait', async () => {
    const { code, looks } = await run(`${line} --no-wait`, [exited]);
    expect([code, looks]).toEqual([0, 0]);
  });

  test('tells of one that somebody has uninstalled meanwhile', async () => {
    const gone = {
      status: 404,
      body: { message: 'extension "hooks" does not exist', error_code: 'not_found', request_id: '1' },
    };
    const { code, stderr } = await run(line, [processing, gone]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('extension "hooks" does not exist')]);
  });
});

test('one that answers as running was waited for by the server', async () => {
  const { code, requests } = await gofer('extension install hooks hooks:1', {
    routes: { 'POST /api/extensions': { ...running, status: 201 } },
  });
  expect([code, requests.map(({ key }) => key)]).toEqual([0, ['POST /api/extensions']]);
});

test('as JSON it is what it came to be', async () => {
  const { json } = await run('extension install hooks hooks:1 --output json', [processing, running]);
  expect(json()).toEqual(running.body);
});
