import * as z from 'zod';
import { mayRead } from '../../access/visible.ts';
import { deletePipeline } from '../../pipeline/delete.ts';
import { getPipeline, listPipelines, pipelineView, setPipelineState } from '../../pipeline/pipelines.ts';
import { operation } from '../operation.ts';
import { paged, pageOf, pageSchema } from '../page.ts';
import { pipelineParams, pipelinePath } from '../paths.ts';
import { metadataSchema } from '../schemas/pipeline.ts';

export const pipelines = [
  operation({
    operationId: 'list_pipelines',
    method: 'GET',
    path: '/api/namespaces/{namespace_id}/pipelines',
    summary: 'List the pipelines of a namespace',
    access: { resource: 'pipelines', action: 'read' },
    params: z.object({ namespace_id: z.string() }),
    query: pageSchema,
    status: 200,
    response: z.object({ pipelines: z.array(metadataSchema) }),
    handler: async (home, { params, query, caller }) => {
      const all = await listPipelines(home, params.namespace_id);
      const visible = all.filter(mayRead(caller, 'pipelines', { namespaces: params.namespace_id }));
      return { pipelines: paged(visible, pageOf(query)).map(pipelineView) };
    },
  }),
  operation({
    operationId: 'get_pipeline',
    method: 'GET',
    path: pipelinePath,
    summary: 'Get a pipeline',
    access: { resource: 'pipelines', action: 'read' },
    params: pipelineParams,
    status: 200,
    response: z.object({ pipeline: metadataSchema }),
    handler: async (home, { params }) => ({
      pipeline: pipelineView(await getPipeline(home, params.namespace_id, params.pipeline_id)),
    }),
  }),
  operation({
    operationId: 'update_pipeline',
    method: 'PATCH',
    path: pipelinePath,
    summary: 'Disable or enable a pipeline',
    access: { resource: 'pipelines', action: 'write' },
    params: pipelineParams,
    body: z
      .strictObject({ state: z.enum(['unknown', 'active', 'disabled']).nullish() })
      .meta({ id: 'UpdatePipelineRequest' }),
    status: 204,
    handler: async (home, { params, body }) => {
      const { namespace_id: namespace, pipeline_id: pipeline } = params;
      if (body.state) await setPipelineState(home, { namespace, pipeline, state: body.state });
      else await getPipeline(home, namespace, pipeline);
    },
  }),
  operation({
    operationId: 'delete_pipeline',
    method: 'DELETE',
    path: pipelinePath,
    summary: 'Delete a pipeline; its runs are cancelled',
    access: { resource: 'pipelines', action: 'delete' },
    params: pipelineParams,
    status: 204,
    handler: (home, { params }) => deletePipeline(home, params.namespace_id, params.pipeline_id),
  }),
];
