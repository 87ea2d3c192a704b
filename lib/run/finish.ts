/** The step `finish run`, the last of a machine: answered when no task of the run is open. */
import type { Home } from '../home.ts';
import { runKey } from '../store/items/run.ts';
import { exists } from '../store/table.ts';
import { parseRunName } from '../task/group.ts';
import { loadRun } from './load.ts';
import type { RunItem } from './run.ts';
import { settle } from './settle.ts';

/** What the compiled state sends, version 1. */
export type FinishPayload = { readonly v: 1; readonly run: string; readonly token: string };

export async function finish(home: Home, { run: name, token }: FinishPayload): Promise<void> {
  const id = parseRunName(name);
  const loaded = id && (await loadRun(home, id.uid, id.number));
  if (!loaded) {
    await home.machines.answer(token, { error: 'Gofer.Failed', cause: 'the run does not exist' });
    return;
  }
  const { uid, number } = loaded.run;
  if (await settle(home, loaded, token)) return;
  // It waits. Then all is looked at once more: whoever settled the run in between has not seen it.
  const change = { set: { news: home.now() }, add: { tokens: new Set([token]) } };
  const run = (await home.table.update(runKey(uid, number), change, exists('pk'))) as RunItem | undefined;
  if (run && !run.open) await settle(home, loaded);
}
