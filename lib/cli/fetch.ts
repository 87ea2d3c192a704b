/** `gofer fetch`: the shortest way to any pipeline, run or task. */
import { Command } from 'commander';
import { examples, type PageOptions, paged, positive, type Runner } from './command.ts';
import { getPipeline, listPipelines } from './pipeline.ts';
import { getRun, listRuns } from './run.ts';
import { getTask, listTasks } from './task.ts';

export function fetchCommand(runner: Runner): Command {
  return paged(
    new Command('fetch')
      .description('Show pipelines, a pipeline, its runs, a run, its tasks or a task; + stands for all')
      .argument('[pipeline]', 'a pipeline, or + for the list')
      .argument('[run]', 'a run, or + for the list')
      .argument('[task]', 'a task, or + for the list'),
  )
    .addHelpText(
      'after',
      examples('gofer fetch', 'gofer fetch build +', 'gofer fetch build 3', 'gofer fetch build 3 test'),
    )
    .action(
      runner.action(async (session, pipeline?: string, run?: string, task?: string, options: PageOptions = {}) => {
        if (pipeline === undefined || pipeline === '+') return listPipelines(session, options);
        if (run === undefined) return getPipeline(session, pipeline);
        if (run === '+') return listRuns(session, pipeline, options);
        if (task === undefined) return getRun(session, pipeline, positive(run));
        if (task === '+') return listTasks(session, pipeline, positive(run));
        return getTask(session, pipeline, positive(run), task);
      }),
    );
}
