import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from './folder.ts';
import { gofer, root } from './program.ts';
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

test('a team is set up by the commands of the page on access', async () => {
  const server = await startServer({ data: await testFolder(), containers: 'process', auth: true });
  onTestFinished(() => server.stop().then(() => undefined));
  const { yaml, sh } = await pageSection('Setting up a team');
  const [roles = '', work = '', end = ''] = sh;
  const cwd = await testFolder();
  writeFileSync(join(cwd, 'release.yaml'), yaml.join(''));
  writeFileSync(join(cwd, 'deploy-key.txt'), 'correct horse battery staple');
  writeFileSync(join(cwd, 'gofer'), `#!/bin/sh\nexec ${process.execPath} ${root}/bin/gofer.ts "$@"\n`, { mode: 0o700 });
  const env = { HOME: cwd, PATH: `${cwd}:${process.env['PATH']}`, GOFER_API_BASE_URL: server.url };
  const shell = (script: string) => promisify(execFile)('bash', ['-ec', script], { cwd, env });

  // What the shell knows at the end of one block, the next one begins with.
  const { stdout: known } = await shell(`{ ${roles} } >&2; echo "export GOFER_TOKEN=$GOFER_TOKEN ci=$ci anna=$anna"`);
  const worked = await shell(known + work);
  expect(worked.stderr).toContain('DEPLOY_KEY');
  expect(worked.stdout).toContain('publishing with ***');
  expect(worked.stdout + worked.stderr).not.toContain('battery');

  const refused = (line: string) =>
    shell(known + line).then(
      () => 'it is done',
      ({ stderr }: { stderr: string }) => stderr,
    );
  const ci = 'GOFER_TOKEN=$ci gofer --namespace';
  expect((await shell(`${known}${ci} web run list release`)).stdout).toContain('successful');
  expect(await refused(`${ci} web secret pipeline put release OTHER < deploy-key.txt`)).toContain('secrets');
  expect(await refused(`${ci} default pipeline list`)).toContain('namespaces');
  expect(await refused(`${ci} web token list`)).toContain('tokens');
  expect(await refused('GOFER_TOKEN=$anna gofer --namespace web run start release')).toContain('runs');

  const [list = '', disable = ''] = end.trim().split('\n');
  const [, id = ''] = /(\S+) +ci-server/.exec((await shell(known + list)).stdout) ?? [];
  await shell(known + disable.replace('ID', id));
  expect(await refused(`${ci} web run list release`)).toContain('disabled');
}, 120_000);

/** The blocks of code below this heading. */
async function pageSection(heading: string): Promise<{ yaml: string[]; sh: string[] }> {
  const page = await readFile(join(root, 'docs/access.md'), 'utf8');
  const [, section = ''] = page.split(`## ${heading}\n`);
  const blocks = (language: string) =>
    [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);
  return { yaml: blocks('yaml'), sh: blocks('sh') };
}

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
