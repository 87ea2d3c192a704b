import * as z from 'zod';
import { getSystem, preferencesView, systemMetadata, updatePreferences } from '../../system/system.ts';
import { operation } from '../operation.ts';

export const system = [
  operation({
    operationId: 'get_system_preferences',
    method: 'GET',
    path: '/api/system',
    summary: 'Get what holds for the whole installation',
    access: { resource: 'system', action: 'read' },
    status: 200,
    response: z.object({ bootstrap_token_created: z.boolean(), ignore_pipeline_run_events: z.boolean() }),
    handler: async (home) => preferencesView(await getSystem(home)),
  }),
  operation({
    operationId: 'update_system_preferences',
    method: 'PATCH',
    path: '/api/system',
    summary: 'Switch starting runs off or on, system-wide',
    access: { resource: 'system', action: 'write' },
    body: z
      .strictObject({ ignore_pipeline_run_events: z.boolean().nullish() })
      .meta({ id: 'UpdateSystemPreferencesRequest' }),
    status: 200,
    response: z.object({}),
    handler: async (home, { body }) => {
      await updatePreferences(home, { ignore_pipeline_run_events: body.ignore_pipeline_run_events ?? undefined });
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
