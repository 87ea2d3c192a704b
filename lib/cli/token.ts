/** `gofer token`: who may use the API. */
import { Command, InvalidArgumentError } from 'commander';
import type { Token } from '../client/types.ts';
import { secondsOf } from '../pipeline/duration.ts';
import { examples, type PageOptions, paged, pageOf, type Runner, variable } from './command.ts';
import type { Session } from './session.ts';
import { fieldLines } from './terminal/fields.ts';
import { tableLines } from './terminal/table.ts';
import { bootstrapCommand } from './token-bootstrap.ts';

type CreateOptions = { role: string[]; expires: number; metadata?: Readonly<Record<string, string>> };

export function tokenCommand(runner: Runner): Command {
  const token = new Command('token').description('Tokens: who may use the API');

  paged(token.command('list').description('List tokens, without their secrets'))
    .addHelpText('after', examples('gofer token list'))
    .action(
      runner.action(async (session, options: PageOptions) => {
        const answer = await session.client.tokens.list(pageOf(options));
        await session.terminal.show(answer, () =>
          tableLines(
            ['id', 'user', 'roles', 'created', 'expires', 'last used', 'state'],
            answer.tokens.map((each) => [
              each.id,
              each.user,
              each.roles.join(', '),
              session.when(each.created),
              expiryOf(each),
              each.last_used ? session.when(each.last_used) : 'never',
              stateOf(each),
            ]),
            session.terminal,
          ),
        );
      }),
    );

  token
    .command('get')
    .description('Show one token, without its secret')
    .argument('<id>', 'the token')
    .addHelpText('after', examples('gofer token get 01a2065b-1706-7b90-9462-74fdac061efa'))
    .action(runner.action(async (session, id: string) => show(session, await session.client.tokens.get(id))));

  token
    .command('create')
    .description('Create a token; its secret is shown this once')
    .argument('<user>', 'whose it is: a person or a program')
    .requiredOption('--role <id...>', 'what it may do; see gofer role list')
    .option('--expires <duration>', 'good for so long: 90m, 12h, 30d; default: for ever', duration, 0)
    .option('--metadata <key=value>', 'a note; may be given again', variable)
    .addHelpText(
      'after',
      examples(
        'gofer token create ann --role user',
        'export GOFER_TOKEN=$(gofer token create ci-server --role ci --expires 90d --metadata team=web)',
      ),
    )
    .action(
      runner.action(async (session, user: string, { role, expires, metadata }: CreateOptions) => {
        const body = { user, roles: role, expires, ...(metadata && { metadata }) };
        const answer = await session.client.tokens.create(body);
        await session.terminal.show(answer, () => [answer.secret]);
        if (session.terminal.format === 'plain')
          await session.terminal.notice(
            `Keep this token: it is not shown again. Its id is ${answer.token_details.id}.`,
          );
      }),
    );

  token.addCommand(bootstrapCommand(runner));
  token.addCommand(switchCommand(runner, 'enable'));
  token.addCommand(switchCommand(runner, 'disable'));

  token
    .command('whoami')
    .description('Show whose token this is')
    .addHelpText('after', examples('gofer token whoami'))
    .action(runner.action(async (session) => show(session, await session.client.tokens.whoami())));

  token
    .command('delete')
    .description('Delete a token for good')
    .argument('<id>', 'the token')
    .addHelpText('after', examples('gofer token delete 01a2065b-1706-7b90-9462-74fdac061efa'))
    .action(
      runner.action(async (session, id: string) => {
        await session.client.tokens.delete(id);
        await session.terminal.say(`Deleted token "${id}".`);
      }),
    );

  return token;
}

const switchCommand = (runner: Runner, to: 'enable' | 'disable'): Command =>
  new Command(to)
    .description(to === 'enable' ? 'Let a token that was disabled in again' : 'Refuse a token until it is enabled')
    .argument('<id>', 'the token')
    .addHelpText('after', examples(`gofer token ${to} 01a2065b-1706-7b90-9462-74fdac061efa`))
    .action(
      runner.action(async (session: Session, id: string) => {
        await session.client.tokens.update(id, { disabled: to === 'disable' });
        await session.terminal.say(`Token "${id}" is ${to}d.`);
      }),
    );

async function show(session: Session, answer: { token: Token }): Promise<void> {
  const { token } = answer;
  await session.terminal.show(answer, () =>
    fieldLines(
      [
        ['user', token.user],
        ['id', token.id],
        ['roles', token.roles.join(', ')],
        ['state', stateOf(token)],
        ['created', session.when(token.created)],
        ['expires', expiryOf(token)],
        ['last used', token.last_used && session.when(token.last_used)],
        [
          'metadata',
          Object.entries(token.metadata)
            .map((pair) => pair.join('='))
            .join(', '),
        ],
      ],
      session.terminal.style,
    ),
  );
}

const stateOf = ({ disabled }: Token) => (disabled ? 'disabled' : 'enabled');
const expiryOf = ({ expires }: Token) => (expires === 0 ? 'never' : new Date(expires).toISOString());

function duration(text: string): number {
  const seconds = secondsOf(/^\d+$/.test(text) ? Number(text) : text);
  if (!seconds) throw new InvalidArgumentError('Give a duration, as in 90m, 12h or 30d.');
  return seconds;
}
