import { expect, test } from 'vitest';
import { bootstrapToken } from '../../lib/access/tokens.ts';
import { getSystem, preferencesView, systemMetadata, updatePreferences } from '../../lib/system/system.ts';
import { createMemoryHome } from '../memory-home.ts';

test('a fresh install has no bootstrap token and starts runs', async () => {
  const preferences = preferencesView(await getSystem(createMemoryHome()));
  expect(preferences).toEqual({
    bootstrap_token_created: false,
    ignore_pipeline_run_events: false,
    max_concurrent_runs: 2_000,
  });
});

test('preferences stay as they were set; what is not named is left alone', async () => {
  const home = createMemoryHome();
  await bootstrapToken(home);
  await updatePreferences(home, { ignore_pipeline_run_events: true });
  await updatePreferences(home, {});
  const preferences = preferencesView(await getSystem(home));
  expect(preferences).toEqual({
    bootstrap_token_created: true,
    ignore_pipeline_run_events: true,
    max_concurrent_runs: 2_000,
  });
});

test('the metadata names the release', () => {
  expect(systemMetadata().semver).toMatch(/^\d+\.\d+\.\d+/);
});
