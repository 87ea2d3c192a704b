/** What only API Gateway and the stack's own functions can show of the HTTPS API. */
import { expect, test } from 'vitest';
import { createUser, eventually, runsPath, task, until } from '../e2e/user.ts';
import type { AwsInstallation } from './installation.ts';

export function httpApi(installation: () => AwsInstallation): void {
  const user = () => createUser(installation());
  const stranger = (token?: string) => createUser({ url: installation().url, ...(token && { token }) });

  test('nothing is open without a token, and the one-time code gives it once', async () => {
    expect((await stranger().ask('GET', '/api/namespaces')).status).toBe(401);
    expect((await stranger('guessed').ask('GET', '/api/namespaces')).status).toBe(401);
    expect((await stranger().ask('GET', '/api/events')).status).toBe(401);
    expect((await stranger().ask('POST', '/api/tokens/bootstrap', {})).status).toBe(409);
    expect((await user().ask('GET', '/api/tokens/whoami')).status).toBe(200);
  });

  test.each(['/', '/api', '/api/nowhere', '/api/namespaces/default/nowhere', '/favicon.ico'])(
    'a path that is none is 404 in the usual shape: %s',
    async (path) => {
      const { status, answer } = await user().ask('GET', path);
      expect([status, JSON.parse(answer)]).toEqual([
        404,
        { request_id: expect.stringMatching(/\w/), message: expect.stringContaining(path), error_code: 'not_found' },
      ]);
    },
  );

  test('other methods of a path that streams find their function', async () => {
    const { execute, ask } = user();
    const { ref } = await execute([task('once', 'echo once')]);
    const log = `${runsPath(ref)}/${ref.run}/tasks/once/logs`;
    expect((await ask('DELETE', log)).status).toBe(204);
    expect((await ask('GET', log)).status).toBe(410);
  });

  test('lines arrive while their task runs, and a reader who leaves is not waited for', async () => {
    const { client, up, begin, finished } = user();
    const ref = await begin(await up([task('live', until('exit 0'))]));
    const leave = new AbortController();
    const seen: string[] = [];
    for await (const { text } of client.logs.follow({ ...ref, task: 'live' }, { signal: leave.signal })) {
      seen.push(text);
      expect((await client.tasks.get({ ...ref, task: 'live' })).task_execution.state).toBe('running');
      leave.abort();
    }
    expect(seen).toEqual(['ready']);
    await client.runs.cancel(ref);
    await finished(ref);
  });

  test('a log larger than a whole answer may be comes whole', { timeout: 400_000 }, async () => {
    const { execute, text } = user();
    const { ref } = await execute([task('loud', 'yes $(printf %0255d 0) | head -n 20000')]);
    // CloudWatch takes what a container wrote in the end after it has ended.
    const log = await eventually(
      () => text(ref, 'loud'),
      ({ length }) => length >= 20_000 * 256,
    );
    expect(log.length).toBe(20_000 * 256);
  });
}
