/** Fills a pipeline's free slots with pending runs, in the order of their numbers. Start, end and sweep call it. */
import type { Home } from '../home.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import type { LineItem, SystemItem } from '../store/items/system.ts';
import { begin } from './begin.ts';
import { Flights } from './flights.ts';
import { join, type Line, lineKeys, lineOf, nameInLine, readLine } from './line.ts';
import type { RunItem } from './run.ts';
import { takeSeat } from './seats.ts';
import { serveLine } from './serve.ts';
import { isFull, nextPending, takeSlot } from './slots.ts';

const flights = new Flights();

/** Starts as many pending runs as there are free slots. Any number of callers at once fill each slot once, in order. */
export const dispatch = (home: Home, namespace: string, id: string): Promise<void> =>
  flights.fly(home.table, `${namespace}/${id}`, () => fill(home, namespace, id));

async function fill(home: Home, namespace: string, id: string): Promise<void> {
  for (;;) {
    const keys = [pipelineKey(namespace, id), ...lineKeys];
    const [pipeline, ...items] = (await home.table.getMany(keys)) as [PipelineItem?, LineItem?, SystemItem?];
    const line = lineOf(...items);
    // One that waits for a seat holds a slot already.
    if (!pipeline || (isFull(pipeline) && !line.waiting.has(nameInLine(pipeline)))) return;
    const { pending, more } = await nextPending(home, pipeline);
    let served = false;
    for (const run of pending) {
      if (!(await takeSlot(home, pipeline, run))) return;
      const seated = await beginOrWait(home, run, line);
      if (seated === 'waits') return;
      served = seated === 'served';
      if (served) break;
    }
    if (!more && !served) return;
  }
}

/**
 * Begins a run that holds a slot, if there is a seat and nobody waits for one. Else its pipeline stands in line, and the
 * line is served: `served` means that it is through, as far as it could come.
 */
export async function beginOrWait(home: Home, run: RunItem, line: Line): Promise<'began' | 'served' | 'waits'> {
  const seat = line.waiting.size ? undefined : await takeSeat(home, run, line);
  if (seat !== undefined) {
    await begin(home, run, seat);
    return 'began';
  }
  const name = nameInLine({ namespace: run.namespace, id: run.pipeline });
  const joined = await join(home, line, name);
  await serveLine(home);
  return joined && !(await readLine(home)).waiting.has(name) ? 'served' : 'waits';
}
