/** `gofer task`: the tasks of a run. */
import { Command } from 'commander';
import type { Attempt } from '../client/types.ts';
import { attachTask } from './attach.ts';
import { examples, positive, type Runner } from './command.ts';
import { readTaskLogs, type TaskLogOptions } from './follow/task-logs.ts';
import { taskLines } from './run-table.ts';
import type { Session } from './session.ts';
import { cancelOutcome, stateOf, whyTask } from './task-reason.ts';
import { fieldLines } from './terminal/fields.ts';
import { statusPaint } from './terminal/style.ts';
import { tableLines } from './terminal/table.ts';
import { took } from './terminal/time.ts';

export function taskCommand(runner: Runner): Command {
  const task = new Command('task').description('Tasks: the containers of a run');
  const one = (name: string, description: string, ...more: string[]) =>
    task
      .command(name)
      .description(description)
      .argument('<pipeline>', 'the pipeline')
      .argument('<run>', 'the number of the run', positive)
      .argument('<task>', 'the task')
      .addHelpText('after', examples(`gofer task ${name} build 3 test`, ...more));

  task
    .command('list')
    .description('List the tasks of a run')
    .argument('<pipeline>', 'the pipeline')
    .argument('<run>', 'the number of the run', positive)
    .addHelpText('after', examples('gofer task list build 3'))
    .action(runner.action((session, pipeline: string, run: number) => listTasks(session, pipeline, run)));

  one('get', 'Show a task of a run').action(
    runner.action((session, pipeline: string, run: number, id: string) => getTask(session, pipeline, run, id)),
  );

  one('cancel', 'Cancel a task; the rest of the run goes on').action(
    runner.action(async (session, pipeline: string, run: number, id: string) => {
      const ref = session.task(pipeline, run, id);
      await session.terminal.progress('cancelling', session.client.tasks.cancel(ref));
      const { task_execution: task } = await session.client.tasks.get(ref);
      await session.terminal.say(`Task "${id}" of run #${run} ${cancelOutcome(task)}.`);
    }),
  );

  one(
    'attach',
    'Run a command in the container of a task that runs',
    "gofer task attach build 3 test --command 'ls -la'",
  )
    .option('--command <command>', 'the program with its arguments; the image must have it', 'sh')
    .action(
      runner.action((session, pipeline: string, run: number, id: string, { command }: { command: string }) =>
        attachTask(session, session.task(pipeline, run, id), command),
      ),
    );

  one(
    'logs',
    'Print the log of a task',
    'gofer task logs build 3 test --follow',
    'gofer task logs build 3 test --attempt 1',
  )
    .option('-f, --follow', 'stay, and print lines as they come')
    .option('--attempt <n>', 'the log of this attempt; default: the last', positive)
    .option('--timestamps', 'begin each line with the time it was written')
    .action(
      runner.action((session, pipeline: string, run: number, id: string, options: TaskLogOptions) =>
        readTaskLogs(session, session.task(pipeline, run, id), options),
      ),
    );

  return task;
}

export async function listTasks(session: Session, pipeline: string, number: number): Promise<void> {
  const ref = session.run(pipeline, number);
  const [{ run }, answer] = await Promise.all([session.client.runs.get(ref), session.client.tasks.list(ref)]);
  await session.terminal.show(answer, () => taskLines(session, run, answer.task_executions));
}

export async function getTask(session: Session, pipeline: string, number: number, id: string): Promise<void> {
  const ref = session.task(pipeline, number, id);
  const [answer, { run }, { task_executions: all }] = await Promise.all([
    session.client.tasks.get(ref),
    session.client.runs.get(ref),
    session.client.tasks.list(ref),
  ]);
  const task = answer.task_execution;
  const { style } = session.terminal;
  const now = session.io.now();
  const state = stateOf(task, run);
  await session.terminal.show(answer, () => [
    `Task ${style.bold(id)} of run #${number} of ${pipeline}  ${statusPaint(style, state)(state)}`,
    ...fieldLines(
      [
        ['image', task.task.image],
        ['command', task.task.command?.join(' ')],
        ['started', session.when(task.started)],
        ['took', took(task.started, task.ended, now)],
        ['exit code', task.exit_code ?? undefined],
        ['why', whyTask(task, all, run, now)],
        ['said', task.status_reason?.description],
      ],
      style,
    ),
    ...section('Attempts', attemptLines(session, task.attempts ?? [])),
    ...section(
      'Variables',
      tableLines(
        ['key', 'value', 'from'],
        task.variables.map(({ key, value, source }) => [key, value, source]),
        { style },
      ),
    ),
    '',
    style.dim(`Its log: gofer task logs ${pipeline} ${number} ${id}`),
  ]);
}

const section = (title: string, lines: readonly string[]): string[] => (lines.length ? ['', title, ...lines] : []);

/** One attempt says nothing that the task does not say. */
function attemptLines(session: Session, attempts: readonly Attempt[]): string[] {
  if (attempts.length < 2) return [];
  return tableLines(
    ['attempt', 'started', 'took', 'exit', 'reason'],
    attempts.map(({ attempt, started, ended, exit_code, reason }) => [
      attempt,
      session.when(started),
      took(started, ended, session.io.now()),
      exit_code ?? '',
      reason ?? '',
    ]),
    session.terminal,
  );
}
