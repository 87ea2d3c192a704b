import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from './folder.ts';
import { gofer } from './program.ts';
import { startServer } from './server.ts';
import { createUser, runsPath, task } from './user.ts';

test('with --auth nothing but the first token opens the door, also after a restart', async () => {
  const where = { data: await testFolder(), containers: 'process', auth: true } as const;
  const first = await startServer(where);
  onTestFinished(() => first.stop().then(() => undefined));
  const stranger = createUser(first);
  expect((await stranger.ask('GET', '/api/namespaces')).status).toBe(401);
  expect((await createUser({ ...first, token: 'guessed' }).ask('GET', '/api/namespaces')).status).toBe(401);

  const shut = await gofer(['pipeline', 'list', '--api-base-url', first.url]);
  expect([shut.code, shut.stderr]).toEqual([1, expect.stringContaining('gofer token bootstrap')]);
  const bootstrap = await stranger.ask('POST', '/api/tokens/bootstrap', {});
  const { secret: token } = JSON.parse(bootstrap.answer) as { secret: string };
  expect(bootstrap.status).toBe(201);
  expect((await stranger.ask('POST', '/api/tokens/bootstrap', {})).status).toBe(409);

  const { run } = await createUser({ ...first, token }).execute([task('quick', 'exit 0')]);
  expect(run).toMatchObject({ status: 'successful', initiator: { user: 'bootstrap' } });
  await first.stop();

  const next = await startServer(where);
  onTestFinished(() => next.stop().then(() => undefined));
  const listed = await gofer(['namespace', 'list', '--api-base-url', next.url], { GOFER_TOKEN: token });
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining('default')]);
  expect((await createUser(next).ask('POST', '/api/tokens/bootstrap', {})).status).toBe(409);
});

test('a team is set up as the page on access says', async () => {
  const server = await startServer({ data: await testFolder(), containers: 'process', auth: true });
  onTestFinished(() => server.stop().then(() => undefined));
  const as =
    (token: string) =>
    async (...line: string[]) => {
      const { code, stdout, stderr } = await gofer([...line, '--api-base-url', server.url], { GOFER_TOKEN: token });
      return { code, said: stdout.trim(), stderr };
    };
  const admin = as((await as('')('token', 'bootstrap')).said);
  await admin('namespace', 'create', 'web');
  const where = ['namespaces:^web$', 'pipelines', 'configs', 'deployments', 'runs'];
  expect(await admin('role', 'create', 'ci', '--allow', 'read,write', '--on', ...where)).toMatchObject({ code: 0 });
  const made = await admin('token', 'create', 'ci-server', '--role', 'ci', '--expires', '90d');
  expect(made.said).toMatch(/^gofer_/);

  const ci = as(made.said);
  const pipeline = ['namespace', 'list'];
  expect((await ci(...pipeline)).said).toMatch(/^id[^\n]*\nweb /);
  expect(await ci('pipeline', 'list', '--namespace', 'web')).toMatchObject({ code: 0 });
  expect(await ci('pipeline', 'list')).toMatchObject({ code: 1, stderr: expect.stringContaining('ci') });
  expect(await ci('token', 'list')).toMatchObject({ code: 1 });

  const [, id = ''] = /(\S+) +ci-server/.exec((await admin('token', 'list')).said) ?? [];
  expect(await admin('token', 'disable', id)).toMatchObject({ code: 0 });
  expect(await ci(...pipeline)).toMatchObject({ code: 1, stderr: expect.stringContaining('disabled') });
}, 120_000);

test('a task that asks for a token can work with its own pipeline, and only while its run runs', async () => {
  const [data, elsewhere] = [await testFolder(), await testFolder()];
  const server = await startServer({ data, containers: 'process', auth: true });
  onTestFinished(() => server.stop().then(() => undefined));
  const bootstrap = await createUser(server).ask('POST', '/api/tokens/bootstrap', {});
  const admin = createUser({ ...server, token: (JSON.parse(bootstrap.answer) as { secret: string }).secret });
  const kept = join(elsewhere, 'token');
  const script = `
    const { GOFER_TOKEN: token, GOFER_PIPELINE_ID: pipeline, GOFER_API_BASE_URL: url } = process.env;
    require('node:fs').writeFileSync(${JSON.stringify(kept)}, token);
    const headers = { authorization: 'Bearer ' + token };
    const ask = async (path) => console.log((await fetch(url + '/api' + path, { headers })).status);
    ask('/namespaces/default/pipelines/' + pipeline + '/runs/1').then(() => ask('/namespaces/default'));`;
  const asks = task('asks', [process.execPath, '--eval', script], { inject_api_token: true });
  const ended = await admin.execute([asks, task('without', 'echo "[$GOFER_TOKEN$GOFER_API_BASE_URL]"')]);
  expect(ended.run.status).toBe('successful');
  expect(await admin.lines(ended.ref, 'asks')).toEqual(['200', '401']);
  expect(await admin.lines(ended.ref, 'without')).toEqual(['[]']);

  const token = readFileSync(kept, 'utf8');
  const late = await createUser({ ...server, token }).ask('GET', `${runsPath(ended.ref)}/1`);
  expect([late.status, late.answer]).toEqual([401, expect.stringContaining('unauthenticated')]);
  const found = execFileSync('sh', ['-c', `grep -rlF "$NEEDLE" ${data} || true`], {
    env: { ...process.env, NEEDLE: token },
  });
  expect(found.toString()).toBe('');
}, 120_000);
