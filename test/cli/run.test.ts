import { describe, expect, test } from 'vitest';
import { gofer } from './fake-io.ts';
import { ended, failed, noon, pipelinePath, run, runPath, skipped, successful, task } from './fake-run.ts';

const getRun = (r: unknown, tasks: unknown[]) => ({
  [`GET ${runPath}`]: { body: { run: r } },
  [`GET ${runPath}/tasks`]: { body: { task_executions: tasks } },
});

describe('gofer run get', () => {
  test('shows how the run went and each task with its time and exit code, parents first', async () => {
    const tasks = [
      skipped('deploy', { task: { depends_on: { test: 'success' } } }),
      failed('test', { task: { depends_on: { compile: 'success' } } }),
      successful('compile'),
    ];
    const { code, stdout } = await gofer('run get build 1', { routes: getRun(ended('failed'), tasks) });
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'Run #1 of build  failed',
        '  namespace  default',
        '  version    v2',
        '  started    10s ago',
        '  took       4.2s',
        '  by         ada',
        '',
        'task     status      took  exit  why',
        'compile  successful  1.2s  0',
        'test     failed      1.2s  3',
        'deploy   skipped                 "test" failed, needs success',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['a parent that was skipped', { parent: skipped('parent') }, '"parent" was skipped, needs success'],
    [
      'a parent that was cancelled',
      { parent: task('parent', { state: 'complete', status: 'cancelled' }) },
      '"parent" was cancelled, needs success',
    ],
  ])('says that a task was skipped for %s', async (_, { parent }, why) => {
    const child = skipped('child', { task: { depends_on: { parent: 'success' } } });
    expect((await gofer('run get build 1', { routes: getRun(ended('failed'), [parent, child]) })).stdout).toContain(
      why,
    );
  });

  test('says that a failure was needed where the parent succeeded', async () => {
    const child = skipped('child', { task: { depends_on: { parent: 'failure' } } });
    const { stdout } = await gofer('run get build 1', {
      routes: getRun(ended('successful'), [successful('parent'), child]),
    });
    expect(stdout).toContain('"parent" succeeded, needs failure');
  });

  test('says which parents a waiting task waits for, and only those that are open', async () => {
    const tasks = [
      successful('fetch'),
      task('compile', { state: 'running', started: noon - 3000 }),
      task('test', { task: { depends_on: { fetch: 'success', compile: 'success' } } }),
    ];
    const { stdout } = await gofer('run get build 1', { routes: getRun(run(), tasks) });
    expect(stdout).toContain('waits for "compile"');
    expect(stdout).not.toContain('"fetch"');
  });

  test('says the place in the queue of a run that is pending', async () => {
    const pending = run({ state: 'pending', started: 0, queue_position: 3 });
    const { stdout } = await gofer('run get build 1', { routes: getRun(pending, [task('compile')]) });
    expect(stdout).toContain('Run #1 of build  pending');
    expect(stdout).toContain('position 3: as many runs as allowed are going');
    expect(stdout).toContain('queued');
  });

  test('tells attempts, allowed failures, and what the engine said of a task that never ran', async () => {
    const attempt = (n: number) => ({ launch: n, attempt: n, started: noon, ended: noon, exit_code: 3 });
    const tasks = [
      failed('flaky', { attempts: [attempt(1), attempt(2)], task: { retry: { attempts: 2, interval: 1, rate: 1 } } }),
      failed('lint', { task: { allow_failure: true } }),
      failed('typo', {
        exit_code: null,
        started: 0,
        status_reason: { reason: 'scheduler_error', description: 'no such image: bsybox' },
      }),
    ];
    const { stdout } = await gofer('run get build 1', { routes: getRun(ended('failed'), tasks) });
    expect(stdout).toMatch(/flaky +failed +1.2s +3 +attempt 2 of 2\n/);
    expect(stdout).toMatch(/lint +failed +1.2s +3 +allowed\n/);
    expect(stdout).toMatch(/typo +failed +no such image: bsybox\n/);
  });

  test.each([
    ['the container exited with code 3', /compile +failed +1.2s +3\n/],
    ['Task execution has exited with an abnormal exit code.', /compile +failed +1.2s +3\n/],
    [
      'the container exited with code 137 (SIGKILL: killed, or out of memory)',
      /3 +SIGKILL: killed, or out of memory\n/,
    ],
    ['timeout: ran longer than 2 s', /3 +timeout: ran longer than 2 s\n/],
  ])('adds to an exit code only what tells more: %s', async (description, line) => {
    const tasks = [failed('compile', { status_reason: { reason: 'abnormal_exit', description } })];
    expect((await gofer('run get build 1', { routes: getRun(ended('failed'), tasks) })).stdout).toMatch(line);
  });

  test('gives programs the answers of the API', async () => {
    const r = ended('successful');
    const result = await gofer('run get build 1 --output json', { routes: getRun(r, [successful('compile')]) });
    expect(result.json()).toEqual({ run: r, task_executions: [successful('compile')] });
  });

  test('takes out of names and messages what could steer the terminal', async () => {
    const tasks = [
      failed('typo', {
        exit_code: null,
        status_reason: { reason: 'scheduler_error', description: 'no \x1b[2Jimage\x07' },
      }),
    ];
    const { stdout } = await gofer('run get build 1', {
      routes: getRun(ended('failed'), tasks),
      tty: true,
      env: { NO_COLOR: '1' },
    });
    expect(stdout).toContain('no image\n');
    expect(stdout).not.toContain('\x1b');
  });

  test('ends with 3 and the sentence of the API when there is no such run', async () => {
    const missing = {
      status: 404,
      body: { request_id: 'r', message: 'run "9" does not exist', error_code: 'not_found' },
    };
    const routes = { [`GET ${pipelinePath}/runs/9`]: missing, [`GET ${pipelinePath}/runs/9/tasks`]: missing };
    const { code, stdout, stderr } = await gofer('run get build 9', { routes });
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: 'error: run "9" does not exist\n' });
  });
});

describe('gofer run list', () => {
  const runs = [ended('successful'), run({ run_id: 2 })];

  test('lists runs with outcome, version, time and who started them', async () => {
    const { stdout } = await gofer('run list build', { routes: { [`GET ${pipelinePath}/runs`]: { body: { runs } } } });
    expect(stdout).toBe(
      [
        'run  status      version  started  took   by',
        '#1   successful  v2       10s ago  4.2s   ada',
        '#2   running     v2       10s ago  10.0s  ada',
        '',
      ].join('\n'),
    );
  });

  test('asks for the page that the options name', async () => {
    const routes = { [`GET ${pipelinePath}/runs?limit=1&offset=2&reverse=true`]: { body: { runs } } };
    expect((await gofer('run list build --reverse --limit 1 --offset 2', { routes })).code).toBe(0);
  });

  test('says how to start the first', async () => {
    const { stdout, stderr } = await gofer('run list build', {
      routes: { [`GET ${pipelinePath}/runs`]: { body: { runs: [] } } },
    });
    expect(stdout).toBe('');
    expect(stderr).toContain('gofer run start build --follow');
  });
});

describe('gofer run start', () => {
  const started = { [`POST ${pipelinePath}/runs`]: { status: 201, body: { run: run({ state: 'pending' }) } } };

  test('starts a run with its variables, and says how to watch it', async () => {
    const { code, stdout, requests } = await gofer(['run', 'start', 'build', '--var', 'A=1', '--var', 'B=x=y'], {
      routes: started,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('Run #1 of "build" has started.');
    expect(stdout).toContain('gofer run watch build 1');
    expect(requests[0]?.body).toEqual({ variables: { A: '1', B: 'x=y' } });
  });

  test('carries a key, so that repeating it can not start a second run', async () => {
    const { requests } = await gofer('run start build', { routes: started });
    expect(requests[0]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('refuses a variable without a value', async () => {
    const { code, stderr, requests } = await gofer('run start build --var A', { routes: started });
    expect({ code, requests }).toEqual({ code: 2, requests: [] });
    expect(stderr).toContain('Give KEY=VALUE');
  });

  test('passes on why runs are refused', async () => {
    const refused = {
      status: 503,
      body: { request_id: 'r', message: 'pipeline "build" is disabled', error_code: 'failed_precondition' },
    };
    const { code, stderr } = await gofer('run start build', { routes: { [`POST ${pipelinePath}/runs`]: refused } });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: pipeline "build" is disabled\n' });
  });
});

test.each([
  [run(), 'is being cancelled'],
  [ended('cancelled'), 'is cancelled'],
  [ended('successful'), 'was complete already: successful'],
])('gofer run cancel asks for the cancel and says what came of it: %#', async (after, said) => {
  const routes = { [`DELETE ${runPath}`]: { status: 204 }, [`GET ${runPath}`]: { body: { run: after } } };
  const { code, stdout } = await gofer('run cancel build 1', { routes });
  expect({ code, stdout }).toEqual({ code: 0, stdout: `Run #1 of "build" ${said}.\n` });
});
