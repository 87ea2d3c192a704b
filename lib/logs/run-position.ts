/** How far a reader of a whole run's logs has come, as a text that fits into a header: the id of an event. */
import { InvalidError } from '../errors.ts';

/** Where a task's reading goes on: in a launch, after a line of it. `end`: nothing comes any more. */
export type Reached = { readonly launch: number; readonly after?: string } | 'end';

/** By task; one that is absent has not been begun. */
export type RunPosition = ReadonlyMap<string, Reached>;

/**
 * Ended tasks are a bit each, others about 30 characters: `Bw~3.1.~4.2.1758000000000-00000003`. Numbers of tasks are
 * those of the run's own version, which never changes.
 */
export function writePosition(position: RunPosition, tasks: readonly string[]): string {
  const ended = Buffer.alloc(Math.ceil(tasks.length / 8));
  const open: string[] = [];
  for (const [i, task] of tasks.entries()) {
    const reached = position.get(task);
    if (reached === 'end') ended[i >> 3] = (ended[i >> 3] ?? 0) | (1 << (i & 7));
    else if (reached) open.push(`~${i}.${reached.launch}.${reached.after ?? ''}`);
  }
  return ended.toString('base64url') + open.join('');
}

export function readPosition(text: string, tasks: readonly string[]): Map<string, Reached> {
  const [bits = '', ...open] = text.split('~');
  const ended = Buffer.from(bits, 'base64url');
  const position = new Map<string, Reached>();
  for (const [i, task] of tasks.entries()) if ((ended[i >> 3] ?? 0) & (1 << (i & 7))) position.set(task, 'end');
  for (const each of open) {
    const [, number, launch, after] = /^(\d+)\.(\d+)\.(.*)$/.exec(each) ?? [];
    const task = tasks[Number(number)];
    if (!task || !launch) throw new UnknownPositionError(text);
    position.set(task, { launch: Number(launch), ...(after && { after }) });
  }
  if (ended.length !== Math.ceil(tasks.length / 8)) throw new UnknownPositionError(text);
  return position;
}

class UnknownPositionError extends InvalidError {
  override readonly name = 'UnknownPositionError';
  constructor(text: string) {
    super(`Last-Event-ID "${text}" is no place in the logs of this run; send the id of an event that you have read`);
  }
}
