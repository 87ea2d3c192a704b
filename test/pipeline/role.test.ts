import { describe, expect, test } from 'vitest';
import { deploy } from '../../lib/deployment/deploy.ts';
import type { Settings } from '../../lib/home.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { checkPipeline, parsePipeline } from '../../lib/pipeline/schema.ts';
import { startRun } from '../../lib/run/start.ts';
import type { Table } from '../../lib/store/table.ts';
import { configOf, createMemoryHome } from '../memory-home.ts';

const account = 'arn:aws:iam::123456789012:role';
const task = { id: 'only', image: 'busybox' };

async function home(settings: Partial<Settings>, table?: Table) {
  const made = createMemoryHome({ settings, ...(table && { table }) });
  await ensureDefaultNamespace(made);
  return made;
}
const onAws = (allowed: readonly string[], table?: Table) =>
  home({ kind: 'aws', taskRoles: { account, allowed } }, table);
type Made = Awaited<ReturnType<typeof home>>;

const place = { namespace: 'default', pipeline: 'build' };
const register = (at: Made, role: string, manager?: { stack: string; resource: string }) =>
  registerConfig(at, { ...place, config: configOf('build', 'busybox', { role }), ...(manager && { manager }) });
const start = (at: Made) => startRun(at, { ...place, variables: {}, initiator: { id: '', user: '' } });

describe('a role', () => {
  test.each([
    'reports',
    'Team+Reports=,.@-_9',
    `${account}/reports`,
    'arn:aws-cn:iam::123456789012:role/team/a/reports',
  ])('is a name or an ARN: %s', (role) => {
    expect(checkPipeline({ id: 'build', role, tasks: [{ ...task, role }] })).toMatchObject({ role, tasks: [{ role }] });
  });

  test.each(['', 'team/reports', 'a b', 'reports-*', 'x'.repeat(65), 'arn:aws:iam::123456789012:user/reports'])(
    'is refused: %j',
    (role) => {
      const result = parsePipeline({ id: 'build', role, tasks: [{ ...task, role }] });
      expect(result).toMatchObject({
        problems: [
          {
            path: 'role',
            message: `role is ${JSON.stringify(role)}; allowed: the name of an IAM role, or its ARN as "arn:aws:iam::123456789012:role/reports"`,
          },
          { path: 'tasks[0].role', message: expect.stringMatching(/^task "only": role is/) },
        ],
      });
    },
  );
});

describe('an installation on AWS', () => {
  test.each([
    ['reports', ['reports']],
    ['reports', [`${account}/reports`]],
    [`${account}/reports`, ['other', 'reports']],
    ['reports-eu', ['reports-*']],
    [`${account}/team/reports`, ['team/*']],
  ])('hands out %s when it allows %j', async (role, allowed) => {
    const at = await onAws(allowed);
    await register(at, role);
    await deploy(at, { ...place, version: 1 });
    expect(await start(at)).toMatchObject({ number: 1 });
  });

  test.each([
    ['reports', ['report', 'reports-*', 'xreports']],
    ['reports', ['arn:aws:iam::210987654321:role/reports']],
    ['arn:aws:iam::210987654321:role/reports', ['reports']],
    [`${account}/team/reports`, ['reports']],
  ])('does not hand out %s when it allows %j', async (role, allowed) => {
    await expect(register(await onAws(allowed), role)).rejects.toThrow(
      `role is "${role}", which this installation does not hand out; allowed: ${allowed.join(', ')}; an administrator adds it to taskRoles`,
    );
  });

  test('hands out none by itself, whoever names it', async () => {
    const at = await onAws([]);
    await expect(register(at, 'reports')).rejects.toThrow('no role is allowed');
    const config = { id: 'build', tasks: [{ ...task, role: 'reports' }] };
    await expect(registerConfig(at, { ...place, config })).rejects.toThrow(
      'tasks[0].role: task "only": role is "reports"',
    );
  });

  test('starts and deploys nothing with a role that is taken from the list', async () => {
    const before = await onAws(['reports']);
    await register(before, 'reports');
    const after = await onAws([], before.table);
    await expect(start(after)).rejects.toThrow('an administrator adds it to taskRoles');
    await expect(deploy(after, { ...place, version: 1 })).rejects.toThrow('an administrator adds it to taskRoles');
  });

  test('trusts the app of a stack with the roles that it names', async () => {
    const at = await onAws([]);
    expect(await register(at, 'reports', { stack: 'Data', resource: 'Nightly' })).toMatchObject({ created: true });
  });
});

test('one machine has no roles, and says so', async () => {
  const at = await home({});
  expect((await register(at, 'reports')).warnings).toEqual([
    'role is "reports"; containers have it on AWS only, here they have the credentials that their variables give them',
  ]);
  expect(await start(at)).toMatchObject({ number: 1 });
});
