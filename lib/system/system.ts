/** What holds for the whole installation. */

import program from '../../package.json' with { type: 'json' };
import type { Home } from '../home.ts';
import { defaultSeats } from '../run/seats.ts';
import { type SystemItem, systemKey } from '../store/items/system.ts';
import { equals, missing } from '../store/table.ts';

export async function getSystem(home: Pick<Home, 'table'>): Promise<SystemItem> {
  return ((await home.table.get(systemKey)) as SystemItem | undefined) ?? systemKey;
}

export type Preferences = {
  /** No run starts, whoever asks. */
  readonly ignore_pipeline_run_events?: boolean | undefined;
  /** Runs at once, of all pipelines. Fewer than run now: none is stopped, and none begins until they are fewer. */
  readonly max_concurrent_runs?: number | undefined;
};

/** What is left out stays as it is. */
export async function updatePreferences(home: Home, preferences: Preferences): Promise<void> {
  const set = Object.entries(preferences).filter(([, value]) => value !== undefined);
  if (!set.length) return;
  for (;;) {
    const { max_concurrent_runs: before, most_seats = 0 } = await getSystem(home);
    const most = Math.max(most_seats, before ?? defaultSeats, preferences.max_concurrent_runs ?? 0);
    const change = { ...Object.fromEntries(set), ...(preferences.max_concurrent_runs && { most_seats: most }) };
    const unchanged = before === undefined ? missing('max_concurrent_runs') : equals('max_concurrent_runs', before);
    if (await home.table.update(systemKey, { set: change }, unchanged)) return;
  }
}

export const preferencesView = ({
  bootstrap,
  ignore_pipeline_run_events = false,
  max_concurrent_runs = defaultSeats,
}: SystemItem) => ({
  bootstrap_token_created: bootstrap !== undefined,
  ignore_pipeline_run_events,
  max_concurrent_runs,
});

/** The build puts the commit in; run from its sources the program knows none. */
export const systemMetadata = () => ({ commit: process.env['GOFER_COMMIT'] ?? '', semver: program.version });
