import * as z from 'zod';
import { getSystem, preferencesView, systemMetadata, updatePreferences } from '../../system/system.ts';
import { operation } from '../operation.ts';

/** All seats are read when they are all taken, 40 an item. */
const mostRuns = 10_000;

export const system = [
  operation({
    operationId: 'get_system_preferences',
    method: 'GET',
    path: '/api/system',
    summary: 'Get what holds for the whole installation',
    access: { resource: 'system', action: 'read' },
    status: 200,
    response: z.object({
      bootstrap_token_created: z.boolean(),
      ignore_pipeline_run_events: z.boolean(),
      max_concurrent_runs: z.int().optional().describe('Runs of all pipelines that run at once; others wait.'),
    }),
    handler: async (home) => preferencesView(await getSystem(home)),
  }),
  operation({
    operationId: 'update_system_preferences',
    method: 'PATCH',
    path: '/api/system',
    summary: 'Switch starting runs off or on, or change how many run at once, system-wide',
    access: { resource: 'system', action: 'write' },
    body: z
      .strictObject({
        ignore_pipeline_run_events: z.boolean().nullish(),
        max_concurrent_runs: z.int().min(1).max(mostRuns).nullish(),
      })
      .meta({ id: 'UpdateSystemPreferencesRequest' }),
    status: 200,
    response: z.object({}),
    handler: async (home, { body }) => {
      await updatePreferences(home, {
        ignore_pipeline_run_events: body.ignore_pipeline_run_events ?? undefined,
        max_concurrent_runs: body.max_concurrent_runs ?? undefined,
      });
      return {};
    },
  }),
  operation({
    operationId: 'get_system_metadata',
    method: 'GET',
    path: '/api/system/metadata',
    summary: 'Get the version of the server',
    access: 'public',
    status: 200,
    response: z.object({ commit: z.string(), semver: z.string() }),
    handler: systemMetadata,
  }),
];
