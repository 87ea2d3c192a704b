/** The real program, whose output nobody reads: as `gofer … | head` when head has seen enough. */
import { expect, onTestFinished, test } from 'vitest';
import { createApi } from '../../lambdas/api/api.ts';
import { createHttpServer } from '../../lib/local/http/server.ts';
import { start } from '../e2e/program.ts';
import { createMemoryHome } from '../memory-home.ts';
import { register } from '../object/world.ts';

async function unread(...line: string[]) {
  const home = createMemoryHome();
  await register(home);
  const server = createHttpServer({ handler: createApi(home), host: '127.0.0.1', port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  const { child, ended } = start(line, { GOFER_API_BASE_URL: server.url });
  child.stdout?.destroy();
  const { code, stderr } = await ended;
  return { code, stderr };
}

test.each([
  ['a run that is followed says nothing of its end', ['run', 'start', 'build', '--follow']],
  ['so does any command', ['pipeline', 'list']],
  ['and help', ['--help']],
])('%s: 141, quietly', async (_, line) => {
  expect(await unread(...line)).toEqual({ code: 141, stderr: '' });
});
