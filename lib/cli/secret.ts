/** `gofer secret`: values that tasks get, and that nobody else sees. */
import { Command } from 'commander';
import type { Secret } from '../client/types.ts';
import { examples, type PageOptions, paged, pageOf, type Runner } from './command.ts';
import { readValue, type ValueFlags } from './secret-value.ts';
import type { Session } from './session.ts';
import { fieldLines } from './terminal/fields.ts';
import { tableLines } from './terminal/table.ts';

type PutFlags = ValueFlags & { readonly force?: boolean };
type GetFlags = { readonly reveal?: boolean };
type Shown = { readonly metadata: Secret; readonly secret: string | null };

export function secretCommand(runner: Runner): Command {
  const secret = new Command('secret').description('Secrets: values that tasks get, and that nobody else sees');
  secret.addCommand(pipelineCommand(runner));
  secret.addCommand(globalCommand(runner));
  return secret;
}

function pipelineCommand(runner: Runner): Command {
  const pipeline = new Command('pipeline').description('Secrets of one pipeline: pipeline_secret{{ key }}');

  paged(pipeline.command('list').description('List the secrets of a pipeline').argument('<pipeline>'), 'last first')
    .addHelpText('after', examples('gofer secret pipeline list build'))
    .action(
      runner.action(async (session, id: string, options: PageOptions) => {
        await list(session, await session.client.secrets.list(session.pipeline(id), pageOf(options)));
      }),
    );

  getting(pipeline.command('get').argument('<pipeline>').argument('<key>'))
    .addHelpText('after', examples('gofer secret pipeline get build DB_PASSWORD'))
    .action(
      runner.action(async (session, id: string, key: string, { reveal }: GetFlags) => {
        await show(session, await session.client.secrets.get(session.pipeline(id), key, reveal));
      }),
    );

  putting(pipeline.command('put').argument('<pipeline>').argument('<key>'))
    .addHelpText(
      'after',
      examples(
        'gofer secret pipeline put build DB_PASSWORD < password.txt',
        'gofer secret pipeline put build DB_PASSWORD --env DB_PASSWORD --force',
      ),
    )
    .action(
      runner.action(async (session, id: string, key: string, { force = false, ...from }: PutFlags) => {
        const content = await readValue(session.terminal.io, from);
        await session.client.secrets.put(session.pipeline(id), { key, content, force });
        await session.terminal.say(`Stored secret "${key}" of "${id}": refer to it as pipeline_secret{{ ${key} }}`);
      }),
    );

  pipeline
    .command('delete')
    .description('Delete a secret of a pipeline')
    .argument('<pipeline>')
    .argument('<key>')
    .addHelpText('after', examples('gofer secret pipeline delete build DB_PASSWORD'))
    .action(
      runner.action(async (session, id: string, key: string) => {
        await session.client.secrets.delete(session.pipeline(id), key);
        await session.terminal.say(`Deleted secret "${key}" of "${id}".`);
      }),
    );

  return pipeline;
}

function globalCommand(runner: Runner): Command {
  const global = new Command('global').description('Secrets for several namespaces: global_secret{{ key }}');

  paged(global.command('list').description('List global secrets'), 'last first')
    .addHelpText('after', examples('gofer secret global list'))
    .action(
      runner.action(async (session, options: PageOptions) => {
        await list(session, await session.client.globalSecrets.list(pageOf(options)));
      }),
    );

  getting(global.command('get').argument('<key>'))
    .addHelpText('after', examples('gofer secret global get NPM_TOKEN'))
    .action(
      runner.action(async (session, key: string, { reveal }: GetFlags) => {
        await show(session, await session.client.globalSecrets.get(key, reveal));
      }),
    );

  putting(global.command('put').argument('<key>'))
    .requiredOption('--namespaces <patterns...>', 'regular expressions of the namespaces that may use it')
    .addHelpText('after', examples("gofer secret global put NPM_TOKEN --namespaces '^team-' '^default$' < token.txt"))
    .action(
      runner.action(async (session, key: string, flags: PutFlags & { readonly namespaces: readonly string[] }) => {
        const { force = false, namespaces, ...from } = flags;
        const content = await readValue(session.terminal.io, from);
        await session.client.globalSecrets.put({ key, content, namespaces, force });
        await session.terminal.say(`Stored global secret "${key}": refer to it as global_secret{{ ${key} }}`);
      }),
    );

  global
    .command('delete')
    .description('Delete a global secret')
    .argument('<key>')
    .addHelpText('after', examples('gofer secret global delete NPM_TOKEN'))
    .action(
      runner.action(async (session, key: string) => {
        await session.client.globalSecrets.delete(key);
        await session.terminal.say(`Deleted global secret "${key}".`);
      }),
    );

  return global;
}

const getting = (command: Command): Command =>
  command.description('Show a secret, without its value').option('--reveal', 'with its value, for administrators');

const putting = (command: Command): Command =>
  command
    .description('Store a secret; its value comes on standard input')
    .option('--file <path>', 'read the value from a file')
    .option('--env <name>', "take the value of one of this shell's variables")
    .option('--force', 'overwrite one that exists');

async function list(session: Session, answer: { readonly secrets: readonly Secret[] }): Promise<void> {
  await session.terminal.show(answer, () =>
    tableLines(
      ['key', 'namespaces', 'stored'],
      answer.secrets.map(({ key, namespaces, created }) => [key, namespaces.join(', '), session.when(created)]),
      session.terminal,
    ),
  );
}

async function show(session: Session, answer: Shown): Promise<void> {
  const { key, namespaces, created } = answer.metadata;
  const { style } = session.terminal;
  await session.terminal.show(answer, () => [
    `Secret ${style.bold(key)}`,
    ...fieldLines(
      [
        ['namespaces', namespaces.join(', ')],
        ['stored', session.when(created)],
        ['value', answer.secret ?? ''],
      ],
      style,
    ),
  ]);
}
