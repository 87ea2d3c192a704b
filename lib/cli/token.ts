/** `gofer token`: who may use the API. */
import { Command } from 'commander';
import { examples, type Runner } from './command.ts';
import { fieldLines } from './terminal/fields.ts';

export function tokenCommand(runner: Runner): Command {
  const token = new Command('token').description('Tokens: who may use the API');

  token
    .command('bootstrap')
    .description('Create the first token, which may do everything; works once')
    .addHelpText('after', examples('export GOFER_TOKEN=$(gofer token bootstrap --output json | jq -r .secret)'))
    .action(
      runner.action(async (session) => {
        const answer = await session.client.tokens.bootstrap();
        await session.terminal.show(answer, () => [answer.secret]);
        if (session.terminal.format === 'plain')
          await session.terminal.notice('Keep this token: it is not shown again. Use it with GOFER_TOKEN or --token.');
      }),
    );

  token
    .command('whoami')
    .description('Show whose token this is')
    .addHelpText('after', examples('gofer token whoami'))
    .action(
      runner.action(async (session) => {
        const answer = await session.client.tokens.whoami();
        const { id, user, roles, created, expires, metadata } = answer.token;
        await session.terminal.show(answer, () =>
          fieldLines(
            [
              ['user', user],
              ['id', id],
              ['roles', roles.join(', ')],
              ['created', session.when(created)],
              ['expires', expires === 0 ? 'never' : new Date(expires).toISOString()],
              [
                'metadata',
                Object.entries(metadata)
                  .map((pair) => pair.join('='))
                  .join(', '),
              ],
            ],
            session.terminal.style,
          ),
        );
      }),
    );

  return token;
}
