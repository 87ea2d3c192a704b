import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder, gofer } from './fake-io.ts';

const token = {
  id: 't-1',
  created: Date.UTC(2026, 10, 23, 11),
  metadata: { team: 'web' },
  expires: 0,
  disabled: false,
  user: 'ci',
  roles: ['ci'],
};
const role = {
  id: 'ci',
  description: 'Builds',
  permissions: [{ resources: ['namespaces:^web$', 'runs'], actions: ['read', 'write'] }],
  system_role: false,
};

describe('gofer token', () => {
  test('create prints the secret alone, and says what was asked for', async () => {
    const routes = { 'POST /api/tokens': { status: 201, body: { token_details: token, secret: 'gofer_new' } } };
    const line = 'token create ci --role ci user --expires 90d --metadata team=web';
    const { code, stdout, stderr, requests } = await gofer(line, { routes });
    expect([code, stdout]).toEqual([0, 'gofer_new\n']);
    expect(stderr).toContain('t-1');
    expect(stderr).not.toContain('gofer_new');
    const body = { user: 'ci', roles: ['ci', 'user'], expires: 90 * 86_400, metadata: { team: 'web' } };
    expect(requests[0]?.body).toEqual(body);
  });

  test('create needs a role, and a duration that is one', async () => {
    const none = await gofer('token create ci');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--role')]);
    const wrong = await gofer('token create ci --role ci --expires soon');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('90m, 12h or 30d')]);
  });

  test('list shows who has what, and when it was used', async () => {
    const used = { ...token, id: 't-2', disabled: true, last_used: Date.UTC(2026, 10, 23, 11, 58) };
    const routes = { 'GET /api/tokens': { body: { tokens: [token, used] } } };
    const { stdout } = await gofer('token list', { routes });
    expect(stdout).toMatch(/t-1 +ci +ci .*never +never +enabled/);
    expect(stdout).toMatch(/t-2 .*2m ago +disabled/);
  });

  test.each([
    ['disable', 'PATCH', { disabled: true }],
    ['enable', 'PATCH', { disabled: false }],
    ['delete', 'DELETE', undefined],
  ])('%s asks for it', async (verb, method, body) => {
    const { code, requests } = await gofer(`token ${verb} t-1`, {
      routes: { [`${method} /api/tokens/t-1`]: { status: 204 } },
    });
    expect([code, requests[0]?.body]).toEqual([0, body]);
  });

  test('get and whoami show one', async () => {
    const routes = { 'GET /api/tokens/t-1': { body: { token } }, 'GET /api/tokens/whoami': { body: { token } } };
    for (const line of ['token get t-1', 'token whoami'])
      expect((await gofer(line, { routes })).stdout).toMatch(/user +ci[\s\S]*team=web/);
  });
});

describe('gofer role', () => {
  const created = { 'POST /api/roles': { status: 201, body: { role } }, 'PATCH /api/roles/ci': { body: { role } } };

  test('create takes one permission by flags', async () => {
    const args = ['role', 'create', 'ci', '--allow', 'read,write', '--on', 'namespaces:^web$', 'runs'];
    const { code, stdout, requests } = await gofer(args, { routes: created });
    expect(code).toBe(0);
    expect(requests[0]?.body).toEqual({ id: 'ci', description: '', permissions: role.permissions });
    expect(stdout).toContain('read, write on namespaces:^web$, runs');
  });

  test('create takes several from a file', async () => {
    const cwd = emptyFolder();
    const permissions = [...role.permissions, { resources: ['events'], actions: ['read'] }];
    writeFileSync(join(cwd, 'permissions.json'), JSON.stringify(permissions));
    const { requests } = await gofer('role create ci --file permissions.json', { routes: created, cwd });
    expect(requests[0]?.body).toMatchObject({ permissions });
  });

  test('update changes what is named', async () => {
    const { requests } = await gofer('role update ci --description Builds', { routes: created });
    expect(requests[0]?.body).toEqual({ description: 'Builds' });
  });

  test.each([
    ['role create ci', '--allow and --on'],
    ['role create ci --allow read', '--on'],
    ['role create ci --allow reed --on all', 'read, write, delete'],
    ['role create ci --allow read --on all --file x.json', '--file'],
    ['role create ci --file missing.json', 'missing.json'],
    ['role update ci', 'nothing to change'],
  ])('%s is wrong usage', async (line, why) => {
    expect(await gofer(line)).toMatchObject({ code: 2, stderr: expect.stringContaining(why), requests: [] });
  });

  test('list and get show what roles allow; delete takes them', async () => {
    const routes = {
      'GET /api/roles': { body: { roles: [{ ...role, id: 'admin', system_role: true }, role] } },
      'GET /api/roles/ci': { body: { role } },
      'DELETE /api/roles/ci': { status: 204 },
    };
    expect((await gofer('role list', { routes })).stdout).toMatch(/admin +Gofer's[\s\S]*ci +own/);
    expect((await gofer('role get ci', { routes })).stdout).toContain('allows');
    expect((await gofer('role delete ci', { routes })).stdout).toContain('Deleted role "ci"');
  });
});
