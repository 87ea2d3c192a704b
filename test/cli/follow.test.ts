import { describe, expect, test } from 'vitest';
import { gofer } from './fake-io.ts';
import {
  course,
  ended,
  failed,
  noon,
  pipelinePath,
  run,
  runLog,
  runPath,
  skipped,
  successful,
  task,
} from './fake-run.ts';

const waiting = { task: { depends_on: { compile: 'success' as const } } };
const running = (id: string) => task(id, { state: 'running', started: noon - 9000 });

const failing = () => ({
  ...course([
    { run: run({ state: 'pending', queue_position: 1 }), tasks: [task('compile'), task('deploy', waiting)] },
    { run: run(), tasks: [running('compile'), task('deploy', waiting)] },
    { run: ended('failed'), tasks: [failed('compile'), skipped('deploy', waiting)] },
  ]),
  [`GET ${runPath}/logs`]: runLog({ compile: ['one', 'two'] }),
});
const succeeding = () => ({
  ...course([
    { run: run(), tasks: [running('compile')] },
    { run: ended('successful'), tasks: [successful('compile')] },
  ]),
  [`GET ${runPath}/logs`]: runLog({ compile: ['done'] }),
});
const start = { [`POST ${pipelinePath}/runs`]: { status: 201, body: { run: run() } } };

describe('following a run into a pipe', () => {
  test('prints one line a change, the log between, then the outcome', async () => {
    const { stdout } = await gofer('run watch build 1', { routes: failing() });
    expect(stdout.split('\n')).toEqual([
      'Run #1 of "build" is pending, position 1 in the queue',
      'Run #1 of "build" is running',
      'compile │ running',
      'compile │ one',
      'compile │ two',
      'compile │ failed after 1.2s: exit code 3',
      'deploy  │ skipped: "compile" failed, needs success',
      '',
      'task     status   took  exit  why',
      'compile  failed   1.2s  3',
      'deploy   skipped              "compile" failed, needs success',
      '',
      '✗ Run #1 of build failed after 4.2s',
      '',
    ]);
  });

  test('ends with 0 only when the run succeeded', async () => {
    expect((await gofer('run watch build 1', { routes: succeeding() })).code).toBe(0);
    expect((await gofer('run watch build 1', { routes: failing() })).code).toBe(1);
    const cancelled = course([{ run: ended('cancelled'), tasks: [] }]);
    expect((await gofer('run watch build 1', { routes: cancelled })).code).toBe(1);
  });

  test('starts and follows in one command', async () => {
    const { code, stdout } = await gofer('run start build --follow', { routes: { ...start, ...succeeding() } });
    expect(code).toBe(0);
    expect(stdout).toContain('compile │ done\n');
    expect(stdout).toContain('✓ Run #1 of build successful after 4.2s');
  });

  test('leaves the log out with --no-logs', async () => {
    const { stdout, requests } = await gofer('run watch build 1 --no-logs', { routes: succeeding() });
    expect(stdout).not.toContain('done\n');
    expect(requests.filter(({ key }) => key.endsWith('/logs'))).toEqual([]);
  });

  test('keeps standard output for the outcome with --output json', async () => {
    const result = await gofer('run watch build 1 --output json', { routes: succeeding() });
    expect(result.json()).toEqual({ run: ended('successful'), task_executions: [successful('compile')] });
    expect(result.stderr).toContain('compile │ done\n');
  });

  test('says nothing with --output silent, but ends as the run did', async () => {
    const { code, stdout, stderr } = await gofer('run watch build 1 --output silent', { routes: failing() });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  test('reads the logs of all tasks over one connection', async () => {
    const tasks = ['a', 'b', 'c'];
    const routes = {
      ...course([
        { run: run(), tasks: tasks.map(running) },
        { run: ended('successful'), tasks: tasks.map((id) => successful(id)) },
      ]),
      [`GET ${runPath}/logs`]: runLog({ a: ['one'], b: ['two'], c: ['three'] }),
    };
    const { stdout, requests } = await gofer('run watch build 1', { routes });
    expect(stdout).toMatch(/a │ one[\s\S]*b │ two[\s\S]*c │ three/);
    expect(requests.filter(({ key }) => key.includes('/logs')).map(({ key }) => key)).toEqual([`GET ${runPath}/logs`]);
  });

  test('opens no connection before a task has a log', async () => {
    const { requests } = await gofer('run watch build 1', {
      routes: course([
        { run: run({ state: 'pending', queue_position: 1 }), tasks: [task('compile')] },
        { run: ended('cancelled'), tasks: [task('compile', { state: 'complete', status: 'cancelled' })] },
      ]),
    });
    expect(requests.filter(({ key }) => key.includes('/logs'))).toEqual([]);
  });

  test('resumes after the last event it has, so that no line comes twice', async () => {
    let connections = 0;
    const seen: (string | null)[] = [];
    const routes = {
      ...course([{ run: ended('successful'), tasks: [successful('compile'), successful('test')] }]),
      [`GET ${runPath}/logs`]: ({ headers }: { headers: Headers }) => {
        seen.push(headers.get('last-event-id'));
        const { sse = [] } = runLog({ compile: ['one'], test: ['two'] });
        // The first connection breaks after one event.
        return connections++ === 0 ? { sse: sse.slice(0, 1) } : { sse: sse.slice(1) };
      },
    };
    const { stdout } = await gofer('run watch build 1', { routes });
    expect(stdout.match(/│ (one|two)/g)).toEqual(['│ one', '│ two']);
    expect(seen).toEqual([null, 'p1']);
  });

  test('goes on with the logs after a connection that was refused for long', async () => {
    const busy = { status: 429, body: { request_id: 'r', message: 'too many requests', error_code: 'throttled' } };
    let tries = 0;
    const routes = {
      ...succeeding(),
      [`GET ${runPath}/logs`]: () => (tries++ < 8 ? busy : runLog({ compile: ['done'] })),
    };
    const { code, stdout, stderr } = await gofer('run watch build 1', { routes });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('compile │ done\n');
  });

  test('follows the run to its end without logs that can’t be read, and says so', async () => {
    const refused = { status: 403, body: { request_id: 'r', message: 'not for you', error_code: 'forbidden' } };
    const routes = { ...succeeding(), [`GET ${runPath}/logs`]: refused };
    const { code, stdout, stderr, requests } = await gofer('run watch build 1', { routes });
    expect(code).toBe(0);
    expect(stdout).toContain('✓ Run #1 of build successful');
    expect(stderr).toContain('note: logs could not be read to their end: not for you');
    expect(requests.filter(({ key }) => key.includes('/logs'))).toHaveLength(1);
  });

  test('says on Ctrl-C that the run goes on, and how to cancel it', async () => {
    const routes = course([{ run: run(), tasks: [task('compile')] }]);
    const { code, stderr } = await gofer('run watch build 1', {
      routes,
      onWait: (count, interrupt) => count === 3 && interrupt(),
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Run #1 of "build" goes on.');
    expect(stderr).toContain('gofer run cancel build 1');
  });

  test('says that the run may go on when the server stops answering', async () => {
    let reads = 0;
    const { code, stderr } = await gofer('run watch build 1', {
      routes: {
        [`GET ${runPath}`]: () => {
          if (reads++ > 1) throw new TypeError('fetch failed');
          return { body: { run: run() } };
        },
        [`GET ${runPath}/tasks`]: { body: { task_executions: [task('compile')] } },
      },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Run #1 of "build" may go on\.[\s\S]*gofer run watch build 1[\s\S]*error: no answer from/);
    // Two that were answered, then eight tries: a server may restart.
    expect(reads).toBe(10);
  });

  test('says what does not exist before anything is drawn', async () => {
    const { code, stdout } = await gofer('run watch build 7', { tty: true });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });
});

describe('following a run on a terminal', () => {
  test('draws the tasks anew in place, with log lines above them, and leaves the outcome', async () => {
    const { stdout } = await gofer('run watch build 1', { routes: failing(), tty: true, env: { NO_COLOR: '1' } });
    expect(stdout).toContain('position 1 in the queue');
    expect(stdout).toContain('\x1b[4A\r\x1b[J');
    expect(stdout).toContain('compile │ one\n');
    expect(stdout).toMatch(/· +deploy +waiting +waits for "compile"/);
    const [, last = ''] = stdout.split('\x1b[?25h');
    expect(last).toMatch(/^\n.*task +status/);
    expect(last).not.toContain('\x1b');
    expect(last).toContain('✗ Run #1 of build failed after 4.2s\n');
  });

  test('writes lines instead where nothing can be drawn: dumb terminals and CI', async () => {
    const { stdout } = await gofer('run watch build 1', { routes: succeeding(), tty: true, env: { TERM: 'dumb' } });
    expect(stdout).not.toContain('\x1b');
  });

  test('shows what moves first when not all tasks fit', async () => {
    const tasks = [...Array(40).keys()].map((i) => (i === 39 ? running('last') : task(`task-${i}`)));
    const routes = {
      ...course([
        { run: run(), tasks },
        { run: ended('successful'), tasks: [] },
      ]),
      [`GET ${runPath}/logs`]: runLog({ last: [] }),
    };
    const { stdout } = await gofer('run watch build 1', { routes, tty: true, env: { NO_COLOR: '1' } });
    expect(stdout).toMatch(/last +running/);
    expect(stdout).toContain('and 28 waiting');
  });
});
