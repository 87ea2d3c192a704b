import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../e2e/folder.ts';
import { root } from '../e2e/program.ts';
import { startServer } from '../e2e/server.ts';
import { createUser } from '../e2e/user.ts';

test('the example of a script registers its pipeline, starts it and follows it to its end', async () => {
  const server = await startServer({ data: await testFolder(), containers: 'process', auth: true });
  onTestFinished(() => server.stop().then(() => undefined));
  const { answer } = await createUser(server).ask('POST', '/api/tokens/bootstrap');
  const { secret } = JSON.parse(answer) as { secret: string };
  const args = ['--import', join(root, 'test/examples/from-source.ts'), join(root, 'examples/client.ts')];
  const env = { ...process.env, GOFER_API_BASE_URL: server.url, GOFER_TOKEN: secret };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toBe('measure: Oslo: 21 degrees\nreport: told everybody\nrun 1 was successful\n');
});
