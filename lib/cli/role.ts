/** `gofer role`: what tokens may do. */
import { Command } from 'commander';
import type { Role } from '../client/types.ts';
import { examples, type PageOptions, paged, pageOf, type Runner } from './command.ts';
import { UsageError } from './exit.ts';
import { type PermissionFlags, permissionOptions, permissionsOf, writePermission } from './role-permissions.ts';
import type { Session } from './session.ts';
import { fieldLines } from './terminal/fields.ts';
import { tableLines } from './terminal/table.ts';

type Flags = PermissionFlags & { description?: string };

export function roleCommand(runner: Runner): Command {
  const role = new Command('role').description('Roles: what tokens may do');

  paged(role.command('list').description("List roles, Gofer's own first"), 'the last first')
    .addHelpText('after', examples('gofer role list'))
    .action(
      runner.action(async (session, options: PageOptions) => {
        const answer = await session.client.roles.list(pageOf(options));
        await session.terminal.show(answer, () =>
          tableLines(
            ['id', 'kind', 'description', 'permissions'],
            answer.roles.map((each) => [
              each.id,
              each.system_role ? "Gofer's" : 'own',
              each.description,
              each.permissions.map(writePermission).join('; '),
            ]),
            session.terminal,
          ),
        );
      }),
    );

  role
    .command('get')
    .description('Show one role')
    .argument('<id>', 'the role')
    .addHelpText('after', examples('gofer role get user'))
    .action(runner.action(async (session, id: string) => show(session, await session.client.roles.get(id))));

  permissionOptions(role.command('create').description('Create a role'))
    .argument('<id>', '1 to 64 letters, digits, hyphens and underscores')
    .option('--description <text>', 'what it is for', '')
    .addHelpText(
      'after',
      examples(
        "gofer role create ci --allow read,write --on 'namespaces:^web$' pipelines configs deployments runs",
        'gofer role create release --file release-permissions.json',
      ),
    )
    .action(
      runner.action(async (session, id: string, flags: Flags) => {
        const permissions = await permissionsOf(session, flags);
        if (!permissions) throw new UsageError('a role allows nothing without --allow and --on, or --file');
        const body = { id, description: flags.description ?? '', permissions };
        await show(session, await session.client.roles.create(body));
      }),
    );

  permissionOptions(role.command('update').description('Change a role, for everybody who has it'))
    .argument('<id>', 'the role')
    .option('--description <text>', 'what it is for')
    .addHelpText('after', examples("gofer role update ci --allow read --on 'namespaces:^web$' pipelines runs"))
    .action(
      runner.action(async (session, id: string, flags: Flags) => {
        const permissions = await permissionsOf(session, flags);
        const { description } = flags;
        if (!permissions && description === undefined)
          throw new UsageError('nothing to change: give --description, --allow and --on, or --file');
        const body = { ...(permissions && { permissions }), ...(description !== undefined && { description }) };
        await show(session, await session.client.roles.update(id, body));
      }),
    );

  role
    .command('delete')
    .description('Delete a role: tokens that have it lose what it allowed')
    .argument('<id>', 'the role')
    .addHelpText('after', examples('gofer role delete ci'))
    .action(
      runner.action(async (session, id: string) => {
        await session.client.roles.delete(id);
        await session.terminal.say(`Deleted role "${id}".`);
      }),
    );

  return role;
}

async function show(session: Session, answer: { role: Role }): Promise<void> {
  const { id, description, permissions, system_role } = answer.role;
  const { style } = session.terminal;
  await session.terminal.show(answer, () => [
    `Role ${style.bold(id)}`,
    ...fieldLines(
      [
        ['description', description],
        ['kind', system_role ? "one of Gofer's own, which stays as it is" : undefined],
        ...permissions.map((each) => ['allows', writePermission(each)] as const),
      ],
      style,
    ),
  ]);
}
