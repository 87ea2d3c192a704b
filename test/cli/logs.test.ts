import { describe, expect, test } from 'vitest';
import { gofer } from './fake-io.ts';
import { ended, failed, log, noon, runLog, runPath, successful, task } from './fake-run.ts';

const path = `${runPath}/tasks/compile/logs`;

describe('gofer task logs', () => {
  test('prints the log as it was written', async () => {
    const { code, stdout } = await gofer('task logs build 1 compile', {
      routes: { [`GET ${path}`]: { text: 'one\n\x1b[31mred\x1b[0m\n' } },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'one\n\x1b[31mred\x1b[0m\n' });
  });

  test('keeps colours on a terminal, and nothing else that would steer it', async () => {
    const text = 'one\x1b[2J\x1b]0;title\x07\n\x1b[31mred\x1b[0m\n';
    const { stdout } = await gofer('task logs build 1 compile', {
      tty: true,
      routes: { [`GET ${path}`]: { text } },
    });
    expect(stdout).toBe('one\n\x1b[31mred\x1b[0m\n');
  });

  test('prints another attempt', async () => {
    const routes = { [`GET ${path}?attempt=1`]: { text: 'first\n' } };
    expect((await gofer('task logs build 1 compile --attempt 1', { routes })).stdout).toBe('first\n');
  });

  test('follows to the end of the log', async () => {
    const { code, stdout } = await gofer('task logs build 1 compile -f', {
      routes: { [`GET ${path}`]: log('one', 'two') },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'one\ntwo\n' });
  });

  test('gives programs one object a line', async () => {
    const { stdout } = await gofer('task logs build 1 compile -o json', {
      routes: { [`GET ${path}`]: log('one', 'two') },
    });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).text),
    ).toEqual(['one', 'two']);
  });

  test('says that logs are gone', async () => {
    const body = {
      request_id: 'r',
      message: 'the logs of task "compile" in run 1 have been removed',
      error_code: 'logs_removed',
    };
    const { code, stderr } = await gofer('task logs build 1 compile', {
      routes: { [`GET ${path}`]: { status: 410, body } },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('have been removed');
  });
});

describe('gofer run logs', () => {
  const at = (second: number, text: string) => `2026-11-23T12:00:0${second}.000Z ${text}\n`;
  const tasks = [successful('compile'), failed('test'), task('never', { state: 'complete', status: 'skipped' })];
  const routes = {
    [`GET ${runPath}`]: { body: { run: ended('failed') } },
    [`GET ${runPath}/tasks`]: { body: { task_executions: tasks } },
    [`GET ${path}?attempt=1&timestamps=true`]: { text: at(1, 'compile 1') + at(4, 'compile 2') },
    [`GET ${runPath}/tasks/test/logs?attempt=1&timestamps=true`]: { text: at(2, 'test 1') + at(3, 'test 2') },
  };

  test('prints the lines of all tasks in the order of time, each with its task', async () => {
    const { stdout } = await gofer('run logs build 1', { routes });
    expect(stdout).toBe('compile │ compile 1\ntest    │ test 1\ntest    │ test 2\ncompile │ compile 2\n');
  });

  test('prints the lines of every attempt that has run, as --follow does', async () => {
    const attempts = [1, 2, 3].map((attempt) => ({
      ...{ attempt, launch: attempt, ended: 0, exit_code: null },
      started: attempt === 3 ? 0 : noon,
    }));
    const all = {
      ...routes,
      [`GET ${runPath}/tasks`]: { body: { task_executions: [{ ...failed('test'), attempts }] } },
      [`GET ${runPath}/tasks/test/logs?attempt=2&timestamps=true`]: { text: at(5, 'again') },
    };
    expect((await gofer('run logs build 1', { routes: all })).stdout).toBe(
      'test │ test 1\ntest │ test 2\ntest │ again\n',
    );
    const { stdout } = await gofer('run logs build 1 -o json', { routes: all });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { attempt: 1 },
      { attempt: 1 },
      { attempt: 2, text: 'again' },
    ]);
  });

  test('shows the times when asked', async () => {
    expect((await gofer('run logs build 1 --timestamps', { routes })).stdout).toContain(
      'test    │ 2026-11-23T12:00:02.000Z test 1\n',
    );
  });

  test('says whose logs are gone', async () => {
    const body = { task_executions: [{ ...successful('compile'), logs_removed: true }] };
    const { stdout, stderr } = await gofer('run logs build 1', {
      routes: { ...routes, [`GET ${runPath}/tasks`]: { body } },
    });
    expect(stdout).toBe('');
    expect(stderr).toContain('removed or expired: the logs of compile');
  });

  test('follows all tasks over one connection until the run is complete', async () => {
    const all = { ...routes, [`GET ${runPath}/logs`]: runLog({ compile: ['compiled'], test: ['tested'] }) };
    const { code, stdout, requests } = await gofer('run logs build 1 -f', { routes: all });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'compile │ compiled\ntest    │ tested\n' });
    expect(requests.map(({ key }) => key)).toEqual([`GET ${runPath}/tasks`, `GET ${runPath}/logs`]);
  });

  test('gives programs one object a line, with its task and attempt', async () => {
    const all = { ...routes, [`GET ${runPath}/logs`]: runLog({ compile: ['compiled'] }) };
    const { stdout } = await gofer('run logs build 1 -f -o json', { routes: all });
    expect(JSON.parse(stdout)).toMatchObject({ task: 'compile', attempt: 1, text: 'compiled' });
  });
});
