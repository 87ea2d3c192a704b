/** Good requests about tokens, roles and the installation as a whole. */
import { fresh } from '../world.ts';
import type { Samples } from './samples.ts';

export const access: Samples = {
  create_bootstrap_token: () => ({}),
  list_tokens: () => ({}),
  create_token: () => ({ body: { user: 'ann', roles: ['user'], expires: 3600, metadata: { team: 'blue' } } }),
  whoami: () => ({}),
  get_token_by_id: async ({ token }) => ({ params: { id: (await token()).token_details.id } }),
  update_token: async ({ token }) => ({
    params: { id: (await token()).token_details.id },
    body: { disabled: true },
  }),
  delete_token: async ({ token }) => ({ params: { id: (await token()).token_details.id } }),

  list_roles: () => ({}),
  create_role: () => ({
    body: {
      id: fresh('role'),
      description: 'Looks at runs of teams.',
      permissions: [{ resources: ['namespaces:^team-', 'pipelines', 'runs'], actions: ['read'] }],
    },
  }),
  get_role: async ({ role }) => ({ params: await role() }),
  update_role: async ({ role }) => ({
    params: await role(),
    body: { description: 'Does nothing.', permissions: null },
  }),
  delete_role: async ({ role }) => ({ params: await role() }),

  get_system_preferences: () => ({}),
  update_system_preferences: () => ({ body: { ignore_pipeline_run_events: null } }),
  get_system_metadata: () => ({}),
};
