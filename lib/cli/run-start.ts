/** Starting a run, by whatever command: `run start`, `pipeline run`, `up --run`. */
import { type Command, Option } from 'commander';
import { variable } from './command.ts';
import { exit } from './exit.ts';
import { followRun } from './follow/follow.ts';
import type { Session } from './session.ts';

export type StartOptions = { var?: Record<string, string>; follow?: boolean; logs: boolean };

/** The options of every command that starts a run. */
export const startOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--var <key=value>', 'a variable of this run; may be given several times').argParser(variable),
    )
    .option('-f, --follow', 'stay, show all tasks as they run, and fail when the run does')
    .option('--no-logs', 'with --follow: without the log lines of the tasks');

/** Starts a run; with `--follow` the exit code is its outcome. */
export async function startRun(session: Session, pipeline: string, options: StartOptions): Promise<number> {
  const { client, terminal } = session;
  const starting = client.runs.start(session.pipeline(pipeline), options.var);
  const answer = await terminal.progress(`starting ${pipeline}`, starting);
  const { run_id } = answer.run;
  if (options.follow) return followRun(session, session.run(pipeline, run_id), options);
  await terminal.show(answer, () => [
    `Run #${run_id} of "${pipeline}" has started.`,
    terminal.style.dim(`Watch it: gofer run watch ${pipeline} ${run_id}`),
  ]);
  return exit.ok;
}
