/**
 * Events as they are written: each fact is told once, though it may be written again as it is. Only of a task's start,
 * of which two launches' containers may tell at the same moment, there may be one for each.
 */
import type { RunItem } from '../../lib/run/run.ts';
import type { EventItem } from '../../lib/store/items/event.ts';
import type { Item } from '../../lib/store/table.ts';
import { factsOf, type TaskItem } from '../../lib/task/task.ts';
import type { World } from './world.ts';

type Ids = Readonly<Record<string, unknown>>;

export class History {
  readonly #world: World;
  readonly #told = new Map<string, Ids & { readonly event: string }>();

  constructor(world: World) {
    this.#world = world;
  }

  written(item: Item): void {
    for (const [kind, ids] of Object.entries((item as unknown as EventItem).kind)) {
      const fact = factOf(kind, ids as Ids);
      const before = this.#told.get(fact)?.event;
      if (before !== undefined && before !== item.sk && kind !== 'started_task_execution')
        this.#world.violate(`${fact} was told twice`);
      this.#told.set(fact, { ...(ids as Ids), event: item.sk });
    }
  }

  /** What must have been told when the run is over. */
  complete(run: RunItem, rows: readonly TaskItem[]): void {
    const ids = { pipeline_id: run.pipeline, run_id: run.number };
    const expected = [
      'queued_run',
      ...(run.started === undefined ? [] : ['started_run']),
      ...(run.cancelling ? ['started_run_cancellation'] : []),
      'completed_run',
    ].map((kind) => factOf(kind, ids));
    for (const row of rows) {
      const launches = Array.from({ length: row.launch ?? 0 }, (_, i) => factsOf(row, i + 1));
      const kinds = [
        ...(launches.length ? ['created_task_execution'] : []),
        ...(launches.some((facts) => facts?.started !== undefined) ? ['started_task_execution'] : []),
        'completed_task_execution',
      ];
      expected.push(...kinds.map((kind) => factOf(kind, { ...ids, task_execution_id: row.sk })));
    }
    for (const fact of expected) if (!this.#told.has(fact)) this.#world.violate(`${fact} was never told`);
    const status = this.#told.get(factOf('completed_run', ids))?.['status'];
    if (status !== run.status) this.#world.violate(`run ${run.number} is ${run.status}, its event says ${status}`);
  }
}

const factOf = (kind: string, ids: Ids) =>
  [kind, ids['pipeline_id'], ids['run_id'], ids['task_execution_id']].filter((id) => id !== undefined).join(' ');
