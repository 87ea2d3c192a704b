/** `gofer run`: executions of a pipeline. */

import { Command } from 'commander';
import { examples, type PageOptions, paged, pageOf, positive, type Runner } from './command.ts';
import { exit } from './exit.ts';
import { followRun } from './follow/follow.ts';
import { readRunLogs } from './follow/run-logs.ts';
import { runObjectCommand } from './object.ts';
import { startOptions, startRun } from './run-start.ts';
import { runLines, taskLines } from './run-table.ts';
import type { Session } from './session.ts';
import { cancelOutcome } from './task-reason.ts';
import { statusPaint } from './terminal/style.ts';
import { tableLines } from './terminal/table.ts';
import { took } from './terminal/time.ts';

export function runCommand(runner: Runner): Command {
  const run = new Command('run').description('Runs: executions of a pipeline');
  const one = (name: string, description: string, ...more: string[]) =>
    run
      .command(name)
      .description(description)
      .argument('<pipeline>', 'the pipeline')
      .argument('<run>', 'the number of the run', positive)
      .addHelpText('after', examples(`gofer run ${name} build 3`, ...more));

  paged(run.command('list').description('List the runs of a pipeline').argument('<pipeline>', 'the pipeline'))
    .addHelpText('after', examples('gofer run list build --reverse --limit 10'))
    .action(runner.action(listRuns));

  one('get', 'Show a run and its tasks, and why each is as it is').action(runner.action(getRun));

  startOptions(run.command('start').description('Start a run of the live version'))
    .argument('<pipeline>', 'the pipeline')
    .addHelpText(
      'after',
      examples('gofer run start build', 'gofer run start build --var BRANCH=main --var DEPTH=1 --follow'),
    )
    .action(runner.action(startRun));

  one('watch', 'Follow a run: all its tasks, then the outcome')
    .option('--no-logs', 'without the log lines of the tasks')
    .action(
      runner.action((session, pipeline: string, number: number, options: { logs: boolean }) =>
        followRun(session, session.run(pipeline, number), options),
      ),
    );

  one('logs', 'Print the logs of all tasks and attempts, interleaved', 'gofer run logs build 3 --follow')
    .option('-f, --follow', 'stay, and print lines as they come')
    .option('--timestamps', 'begin each line with the time it was written')
    .action(
      runner.action((session, pipeline: string, number: number, options: { follow?: boolean; timestamps?: boolean }) =>
        readRunLogs(session, session.run(pipeline, number), options),
      ),
    );

  one('cancel', 'Cancel a run: its containers get SIGTERM, and SIGKILL when they take too long')
    .option('-f, --follow', 'stay until its last container is gone')
    .action(
      runner.action(async (session, pipeline: string, number: number, { follow }: { follow?: boolean }) => {
        const ref = session.run(pipeline, number);
        await session.terminal.progress('cancelling', session.client.runs.cancel(ref));
        if (follow) {
          const code = await followRun(session, ref, { logs: false });
          return code === exit.interrupted ? code : exit.ok;
        }
        const { run } = await session.client.runs.get(ref);
        await session.terminal.say(`Run #${number} of "${pipeline}" ${cancelOutcome(run)}.`);
        return exit.ok;
      }),
    );

  run.addCommand(runObjectCommand(runner));
  return run;
}

export async function listRuns(session: Session, pipeline: string, options: PageOptions): Promise<void> {
  const answer = await session.client.runs.list(session.pipeline(pipeline), pageOf(options));
  const { style } = session.terminal;
  await session.terminal.show(answer, () =>
    tableLines(
      ['run', 'status', 'version', 'started', 'took', 'by', 'reason'],
      answer.runs.map((run) => {
        const status = run.state === 'complete' ? run.status : run.state;
        return [
          `#${run.run_id}`,
          { text: status, paint: statusPaint(style, status) },
          `v${run.pipeline_config_version}`,
          session.when(run.started),
          took(run.started, run.ended, session.io.now()),
          run.initiator.user,
          run.status_reason?.description ?? '',
        ];
      }),
      session.terminal,
    ),
  );
  if (answer.runs.length === 0)
    await session.terminal.notice(`No runs of "${pipeline}" yet. Start one: gofer run start ${pipeline} --follow`);
}

export async function getRun(session: Session, pipeline: string, number: number): Promise<void> {
  const ref = session.run(pipeline, number);
  const [{ run }, { task_executions }] = await Promise.all([
    session.client.runs.get(ref),
    session.client.tasks.list(ref),
  ]);
  await session.terminal.show({ run, task_executions }, () => [
    ...runLines(session, run),
    '',
    ...taskLines(session, run, task_executions),
  ]);
}
