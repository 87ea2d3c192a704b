/** `gofer pipeline subscribe`, `unsubscribe` and `subscription`: what a pipeline asks of extensions. */
import { Command } from 'commander';
import { examples, type PageOptions, paged, pageOf, type Runner, variable } from './command.ts';
import { subscriptionLines } from './extension-lines.ts';

export function subscriptionCommands(runner: Runner): Command[] {
  const one = (name: string, description: string) =>
    new Command(name)
      .description(description)
      .argument('<pipeline>', 'the pipeline')
      .argument('<extension>', 'the extension')
      .argument('<subscription>', 'a name for it: 3 to 32 letters, digits and hyphens');

  const subscribe = one('subscribe', 'Subscribe a pipeline to an extension')
    .option('-s, --setting <KEY=VALUE>', 'a setting of the subscription; can be repeated', variable)
    .addHelpText(
      'after',
      examples(
        'gofer pipeline subscribe build interval every-hour -s every=1h',
        'gofer extension get interval   # the settings that it takes',
      ),
    )
    .action(
      runner.action(
        async (
          session,
          pipeline: string,
          extension: string,
          id: string,
          options: { setting?: Record<string, string> },
        ) => {
          const body = { extension_id: extension, subscription_id: id, settings: options.setting ?? {} };
          const answer = await session.client.subscriptions.create(session.pipeline(pipeline), body);
          await session.terminal.show(answer, () => [
            `Pipeline "${pipeline}" is subscribed to extension "${extension}" as "${id}".`,
          ]);
        },
      ),
    );

  const unsubscribe = one('unsubscribe', 'Take a subscription of a pipeline back')
    .addHelpText('after', examples('gofer pipeline unsubscribe build interval every-hour'))
    .action(
      runner.action(async (session, pipeline: string, extension: string, id: string) => {
        await session.client.subscriptions.delete({ ...session.pipeline(pipeline), extension, subscription: id });
        await session.terminal.say(
          `Pipeline "${pipeline}" is not subscribed to extension "${extension}" as "${id}" any more.`,
        );
      }),
    );

  const switched = (name: string, description: string, status: 'active' | 'disabled') =>
    one(name, description)
      .addHelpText('after', examples(`gofer pipeline subscription ${name} build interval every-hour`))
      .action(
        runner.action(async (session, pipeline: string, extension: string, id: string) => {
          const ref = { ...session.pipeline(pipeline), extension, subscription: id };
          await session.client.subscriptions.update(ref, { status });
          await session.terminal.say(`Subscription "${id}" of pipeline "${pipeline}" is ${name}d.`);
        }),
      );

  const subscription = new Command('subscription').description('Subscriptions: what a pipeline asks of extensions');
  paged(
    subscription
      .command('list')
      .description('List the subscriptions of a pipeline')
      .argument('<pipeline>', 'the pipeline'),
    'from the end',
  )
    .addHelpText('after', examples('gofer pipeline subscription list build'))
    .action(
      runner.action(async (session, pipeline: string, options: PageOptions) => {
        const answer = await session.client.subscriptions.list(session.pipeline(pipeline), pageOf(options));
        await session.terminal.show(answer, () => subscriptionLines(session, answer.subscriptions));
      }),
    );

  subscription
    .addCommand(
      one('get', 'Show a subscription')
        .addHelpText('after', examples('gofer pipeline subscription get build interval every-hour'))
        .action(
          runner.action(async (session, pipeline: string, extension: string, id: string) => {
            const ref = { ...session.pipeline(pipeline), extension, subscription: id };
            const answer = await session.client.subscriptions.get(ref);
            await session.terminal.show(answer, () => subscriptionLines(session, [answer.subscription]));
          }),
        ),
    )
    .addCommand(switched('enable', 'Switch a subscription on again', 'active'))
    .addCommand(switched('disable', 'Switch a subscription off; it is kept', 'disabled'));

  return [subscribe, unsubscribe, subscription];
}
