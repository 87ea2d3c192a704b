/** Good requests about namespaces, pipelines, their versions and deployments. */
import { configOf, fresh, taskOf } from '../world.ts';
import type { Samples } from './samples.ts';

export const pipelines: Samples = {
  list_namespaces: () => ({}),
  create_namespace: () => ({ body: { id: fresh('team'), name: 'A team', description: 'Its pipelines.' } }),
  get_namespace: async ({ namespace }) => ({ params: await namespace() }),
  update_namespace: async ({ namespace }) => ({
    params: await namespace(),
    body: { name: 'Another', description: null },
  }),
  delete_namespace: async ({ namespace }) => ({ params: await namespace() }),

  list_pipelines: () => ({ params: { namespace_id: 'default' } }),
  get_pipeline: async ({ shared }) => ({ params: await shared.pipeline() }),
  update_pipeline: async ({ pipeline }) => ({ params: await pipeline(), body: { state: 'disabled' } }),
  delete_pipeline: async ({ pipeline }) => ({ params: await pipeline() }),

  list_configs: async ({ shared }) => ({ params: await shared.pipeline() }),
  register_config: () => {
    const pipeline_id = fresh('build');
    const tasks = [
      taskOf('compile', { variables: { LEVEL: '2' } }),
      taskOf('check', { depends_on: { compile: 'Success' } }),
    ];
    return { params: { namespace_id: 'default', pipeline_id }, body: { config: configOf(pipeline_id, tasks) } };
  },
  get_config: async ({ shared }) => ({ params: { ...(await shared.pipeline()), version: 1 } }),
  deploy_config: async ({ pipeline }) => ({ params: { ...(await pipeline()), version: 1 } }),
  delete_config: async ({ deployed, made }) => {
    const params = await deployed();
    const config = configOf(String(params['pipeline_id']), [taskOf('newer')]);
    await made('register_config', { params, body: { config } });
    return { params: { ...params, version: 2 } };
  },

  list_deployments: async ({ shared }) => ({ params: await shared.deployed() }),
  get_deployment: async ({ shared }) => ({ params: { ...(await shared.deployed()), deployment_id: 1 } }),
};
