/** What holds for the whole installation. */

import program from '../../package.json' with { type: 'json' };
import type { Home } from '../home.ts';
import { type SystemItem, systemKey } from '../store/items.ts';

export async function getSystem(home: Pick<Home, 'table'>): Promise<SystemItem> {
  return ((await home.table.get(systemKey)) as SystemItem | undefined) ?? systemKey;
}

/** With `ignore_pipeline_run_events` no run starts, whoever asks. */
export async function updatePreferences(
  home: Home,
  { ignore_pipeline_run_events }: { readonly ignore_pipeline_run_events?: boolean | undefined },
): Promise<void> {
  if (ignore_pipeline_run_events !== undefined)
    await home.table.update(systemKey, { set: { ignore_pipeline_run_events } });
}

export const preferencesView = ({ bootstrap, ignore_pipeline_run_events = false }: SystemItem) => ({
  bootstrap_token_created: bootstrap !== undefined,
  ignore_pipeline_run_events,
});

/** The build puts the commit in; run from its sources the program knows none. */
export const systemMetadata = () => ({ commit: process.env['GOFER_COMMIT'] ?? '', semver: program.version });
