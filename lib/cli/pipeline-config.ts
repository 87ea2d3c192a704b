/** `gofer pipeline config`: the registered versions of a pipeline. */
import { Command } from 'commander';
import { examples, type PageOptions, paged, pageOf, positive, type Runner } from './command.ts';
import { deployVersion } from './deployment.ts';
import { configTasks } from './pipeline.ts';
import { fieldLines } from './terminal/fields.ts';
import { statusPaint } from './terminal/style.ts';
import { tableLines } from './terminal/table.ts';

export function pipelineConfigCommand(runner: Runner): Command {
  const config = new Command('config').description('Configs: the registered versions of a pipeline');
  const version = (name: string, description: string) =>
    config
      .command(name)
      .description(description)
      .argument('<pipeline>', 'the pipeline')
      .argument('<version>', 'the version', positive)
      .addHelpText('after', examples(`gofer pipeline config ${name} build 2`));

  paged(
    config
      .command('list')
      .description('List the versions of a pipeline, the newest first')
      .argument('<pipeline>', 'the pipeline'),
    'oldest first',
  )
    .addHelpText('after', examples('gofer pipeline config list build --reverse'))
    .action(
      runner.action(async (session, id: string, options: PageOptions) => {
        const answer = await session.client.configs.list(session.pipeline(id), pageOf(options));
        const { style } = session.terminal;
        await session.terminal.show(answer, () =>
          tableLines(
            ['version', 'state', 'tasks', 'registered', 'deprecated'],
            answer.configs.map(({ version, state, tasks, registered, deprecated }) => [
              `v${version}`,
              { text: state, paint: statusPaint(style, state) },
              Object.keys(tasks).length,
              session.when(registered),
              session.when(deprecated),
            ]),
            session.terminal,
          ),
        );
      }),
    );

  version('get', 'Show one version').action(
    runner.action(async (session, id: string, version: number) => {
      const answer = await session.client.configs.get(session.pipeline(id), version);
      const { config } = answer;
      const { style } = session.terminal;
      await session.terminal.show(answer, () => [
        `Config ${style.bold(`${id} v${config.version}`)}  ${statusPaint(style, config.state)(config.state)}`,
        ...fieldLines(
          [
            ['name', config.name],
            ['description', config.description],
            ['runs at once', config.parallelism || 'no limit'],
            ['registered', session.when(config.registered)],
            ['deprecated', session.when(config.deprecated)],
          ],
          style,
        ),
        '',
        ...configTasks(session, config),
      ]);
    }),
  );

  version('deploy', 'Make a version the live one').action(runner.action(deployVersion));

  version('delete', 'Delete a version that is not live').action(
    runner.action(async (session, id: string, version: number) => {
      await session.client.configs.delete(session.pipeline(id), version);
      await session.terminal.say(`Deleted v${version} of pipeline "${id}".`);
    }),
  );

  return config;
}
