/** Good requests about secrets. */
import { fresh } from '../world.ts';
import type { Samples } from './samples.ts';

const revealed = { include_secret: 'true' };

export const secrets: Samples = {
  list_pipeline_secrets: async ({ shared }) => ({ params: await shared.pipeline() }),
  put_pipeline_secret: async ({ shared }) => ({
    params: await shared.pipeline(),
    body: { key: fresh('secret'), content: 'of nobody', force: false },
  }),
  get_pipeline_secret: async ({ pipelineSecret }) => ({ params: await pipelineSecret(), query: revealed }),
  delete_pipeline_secret: async ({ pipelineSecret }) => ({ params: await pipelineSecret() }),

  list_global_secrets: () => ({}),
  put_global_secret: () => ({
    body: { key: fresh('secret'), content: 'of nobody', namespaces: ['^default$'], force: false },
  }),
  get_global_secret: async ({ globalSecret }) => ({ params: await globalSecret(), query: revealed }),
  delete_global_secret: async ({ globalSecret }) => ({ params: await globalSecret() }),
};
