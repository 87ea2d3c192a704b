/** The live table of a run, cut to the terminal: what moves comes first when not everything fits. */
import type { Run, TaskExecution } from '../../client/types.ts';
import { inOrder } from '../run-table.ts';
import { stateOf, whyTask } from '../task-reason.ts';
import { type Style, statusPaint } from '../terminal/style.ts';
import { tableLines } from '../terminal/table.ts';
import { took } from '../terminal/time.ts';

export type LiveOptions = {
  readonly style: Style;
  readonly now: number;
  readonly spinner: string;
  readonly columns: number;
  readonly rows: number;
};

const marks: Readonly<Record<string, string>> = {
  successful: '✓',
  failed: '✗',
  cancelled: '◼',
  skipped: '↷',
};

export function liveLines(
  { run, tasks }: { readonly run: Run; readonly tasks: readonly TaskExecution[] },
  options: LiveOptions,
): string[] {
  const { style, now, spinner, columns, rows } = options;
  // The half of the screen that is left shows log lines.
  const fit = Math.max(3, Math.floor(rows / 2) - 3);
  const { shown, hidden } = choose(inOrder(tasks), run, fit);
  const table = tableLines(
    ['', 'task', 'status', 'took', 'exit', 'why'],
    shown.map((task) => {
      const state = stateOf(task, run);
      const paint = statusPaint(style, state);
      const moves = state === 'running' || state === 'starting' || state === 'cancelling';
      return [
        { text: marks[state] ?? (moves ? spinner : '·'), paint },
        task.task_id,
        { text: state, paint },
        took(task.started, task.ended, now),
        task.exit_code ?? '',
        whyTask(task, tasks, run, now),
      ];
    }),
    { style, columns: columns - 1, steady: true },
  );
  const more = hidden.length ? [style.dim(`  and ${summary(hidden, run)}`)] : [];
  return ['', head(run, tasks, options), ...table.slice(1), ...more];
}

function head(run: Run, tasks: readonly TaskExecution[], { style, now, spinner, columns }: LiveOptions): string {
  const done = tasks.filter(({ state }) => state === 'complete').length;
  const state = run.cancelling && run.state !== 'complete' ? 'cancelling' : run.state;
  const queue = run.queue_position === undefined ? [] : [`position ${run.queue_position} in the queue`];
  const parts = [state, ...queue, `${done} of ${tasks.length} done`, took(run.started, run.ended, now)].filter(Boolean);
  const title = `Run #${run.run_id} of ${run.pipeline_id}`;
  const text = parts.join(' · ');
  // A line that wraps would break the drawing.
  if (title.length + text.length + 5 > columns) return style.bold(title.slice(0, columns - 1));
  return `${style.cyan(spinner)} ${style.bold(title)}  ${style.dim(text)}`;
}

/** Keeps the order of the pipeline among what is shown. */
function choose(tasks: readonly TaskExecution[], run: Run, fit: number) {
  if (tasks.length <= fit) return { shown: tasks, hidden: [] };
  const rank = (task: TaskExecution): number => {
    if (task.state === 'running' || task.state === 'processing') return 0;
    if (task.status === 'failed' || task.status === 'cancelled') return 1;
    return task.state === 'complete' ? 3 : 2;
  };
  const kept = new Set(
    tasks.toSorted((a, b) => rank(a) - rank(b)).slice(0, run.state === 'complete' ? tasks.length : fit),
  );
  return { shown: tasks.filter((task) => kept.has(task)), hidden: tasks.filter((task) => !kept.has(task)) };
}

/** `12 waiting, 30 successful`. */
function summary(tasks: readonly TaskExecution[], run: Run): string {
  const counts = new Map<string, number>();
  for (const task of tasks) {
    const state = stateOf(task, run);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}
