/** `gofer namespace`: where pipelines live. */
import { Command } from 'commander';
import type { Namespace } from '../client/types.ts';
import { examples, type PageOptions, paged, pageOf, type Runner } from './command.ts';
import { UsageError } from './exit.ts';
import type { Session } from './session.ts';
import { fieldLines } from './terminal/fields.ts';
import { tableLines } from './terminal/table.ts';

type Texts = { name?: string; description?: string };

export function namespaceCommand(runner: Runner): Command {
  const namespace = new Command('namespace').description('Namespaces: where pipelines live');

  paged(namespace.command('list').description('List all namespaces'))
    .addHelpText('after', examples('gofer namespace list'))
    .action(
      runner.action(async (session, options: PageOptions) => {
        const answer = await session.client.namespaces.list(pageOf(options));
        await session.terminal.show(answer, () =>
          tableLines(
            ['id', 'name', 'description', 'created'],
            answer.namespaces.map(({ id, name, description, created }) => [
              id,
              name,
              description,
              session.when(created),
            ]),
            session.terminal,
          ),
        );
      }),
    );

  namespace
    .command('get')
    .description('Show one namespace')
    .argument('<id>', 'the namespace')
    .addHelpText('after', examples('gofer namespace get default'))
    .action(runner.action(async (session, id: string) => show(session, await session.client.namespaces.get(id))));

  namespace
    .command('create')
    .description('Create a namespace')
    .argument('<id>', '3 to 32 letters, digits and hyphens')
    .argument('[name]', 'a name for people; default: the id')
    .option('--name <name>', 'a name for people')
    .option('--description <text>', 'what it is for', '')
    .addHelpText('after', examples('gofer namespace create team-x "Team X" --description "Nightly jobs"'))
    .action(
      runner.action(async (session, id: string, name: string | undefined, options: Texts) => {
        const body = { id, name: name ?? options.name ?? id, description: options.description ?? '' };
        await show(session, await session.client.namespaces.create(body));
      }),
    );

  namespace
    .command('update')
    .description('Change the name or description of a namespace')
    .argument('<id>', 'the namespace')
    .option('--name <name>', 'a new name')
    .option('--description <text>', 'a new description')
    .addHelpText('after', examples('gofer namespace update team-x --name "Team Y"'))
    .action(
      runner.action(async (session, id: string, { name, description }: Texts) => {
        if (name === undefined && description === undefined)
          throw new UsageError('nothing to change: give --name, --description or both');
        const body = { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
        await show(session, await session.client.namespaces.update(id, body));
      }),
    );

  namespace
    .command('delete')
    .description('Delete a namespace that holds no pipelines')
    .argument('<id>', 'the namespace')
    .addHelpText('after', examples('gofer namespace delete team-x'))
    .action(
      runner.action(async (session, id: string) => {
        await session.client.namespaces.delete(id);
        await session.terminal.say(`Deleted namespace "${id}".`);
      }),
    );

  return namespace;
}

async function show(session: Session, answer: { namespace: Namespace }): Promise<void> {
  const { id, name, description, created, modified } = answer.namespace;
  const { style } = session.terminal;
  await session.terminal.show(answer, () => [
    `Namespace ${style.bold(id)}`,
    ...fieldLines(
      [
        ['name', name],
        ['description', description],
        ['created', session.when(created)],
        ['modified', session.when(modified)],
      ],
      style,
    ),
  ]);
}
