/** `gofer context`: which settings hold, and where each comes from. */
import { Command } from 'commander';
import { examples, type Runner } from './command.ts';
import { settingNames } from './config.ts';
import { tableLines } from './terminal/table.ts';

export function contextCommand(runner: Runner): Command {
  return new Command('context')
    .description('Show the settings in use, and where each comes from')
    .addHelpText('after', examples('gofer context', 'gofer context --output json'))
    .action(
      runner.action(async (session) => {
        const { config, sources, file } = session.resolved;
        // A token is never shown: terminals are recorded, and output is pasted into tickets.
        const settings = { ...config, token: config.token ? '(set)' : '' };
        await session.terminal.show({ ...settings, file: file ?? null, sources }, () =>
          tableLines(
            ['setting', 'value', 'from'],
            settingNames.map((name) => [
              name,
              String(settings[name]),
              sources[name] === 'file' ? (file ?? '') : sources[name],
            ]),
            session.terminal,
          ),
        );
      }),
    );
}
