/** `gofer system`: settings of the whole installation. */
import { Command, Option } from 'commander';
import { examples, positive, type Runner } from './command.ts';
import { UsageError } from './exit.ts';
import { fieldLines } from './terminal/fields.ts';

export function systemCommand(runner: Runner): Command {
  const system = new Command('system').description('Settings of the whole installation');

  system
    .command('get')
    .description('Show version and settings of the server')
    .addHelpText('after', examples('gofer system get'))
    .action(
      runner.action(async (session) => {
        const { system } = session.client;
        const [metadata, preferences] = await Promise.all([system.metadata(), system.preferences()]);
        await session.terminal.show({ ...metadata, ...preferences }, () =>
          fieldLines(
            [
              ['version', metadata.semver],
              ['commit', metadata.commit],
              ['runs', preferences.ignore_pipeline_run_events ? 'refused' : 'accepted'],
              ['runs at once', preferences.max_concurrent_runs],
              ['first token', preferences.bootstrap_token_created ? 'created' : 'not created yet'],
            ],
            session.terminal.style,
          ),
        );
      }),
    );

  system
    .command('update')
    .description('Change settings of the server')
    .addOption(new Option('--runs <what>', 'whether new runs may start').choices(['accept', 'refuse']))
    .option('--max-runs <n>', 'runs at once, of all pipelines; further ones wait', positive)
    .addHelpText('after', examples('gofer system update --runs refuse', 'gofer system update --max-runs 500'))
    .action(
      runner.action(async (session, { runs, maxRuns }: { runs?: 'accept' | 'refuse'; maxRuns?: number }) => {
        if (runs === undefined && maxRuns === undefined)
          throw new UsageError('nothing to change: give --runs accept, --runs refuse or --max-runs');
        await session.client.system.update({
          ...(runs && { ignore_pipeline_run_events: runs === 'refuse' }),
          ...(maxRuns !== undefined && { max_concurrent_runs: maxRuns }),
        });
        if (runs) await session.terminal.say(`New runs are ${runs === 'refuse' ? 'refused' : 'accepted'} from now on.`);
        if (maxRuns !== undefined) await session.terminal.say(`From now on at most ${maxRuns} runs run at once.`);
      }),
    );

  return system;
}
