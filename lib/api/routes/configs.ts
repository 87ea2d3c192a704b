import * as z from 'zod';
import { deploy } from '../../deployment/deploy.ts';
import { deploymentView } from '../../deployment/deployments.ts';
import { answerWithin } from '../../deployment/machine.ts';
import { getPipeline, pipelineView } from '../../pipeline/pipelines.ts';
import { registerConfig } from '../../pipeline/register.ts';
import { pipelineSchema } from '../../pipeline/schema.ts';
import { deleteVersion, getVersion, listVersions, versionView } from '../../pipeline/versions.ts';
import { operation } from '../operation.ts';
import { pageOf, pageSchema } from '../page.ts';
import { pipelineParams, pipelinePath } from '../paths.ts';
import { numberSchema } from '../schemas/common.ts';
import { deploymentSchema } from '../schemas/deployment.ts';
import { configSchema, metadataSchema } from '../schemas/pipeline.ts';

const versionParams = pipelineParams.extend({ version: numberSchema });
const versionPath = `${pipelinePath}/configs/{version}`;

const versionOf = (params: z.output<typeof versionParams>) => ({
  namespace: params.namespace_id,
  pipeline: params.pipeline_id,
  version: params.version,
});

export const configs = [
  operation({
    operationId: 'list_configs',
    method: 'GET',
    path: `${pipelinePath}/configs`,
    summary: 'List the registered versions of a pipeline, the newest first',
    access: { resource: 'configs', action: 'read' },
    params: pipelineParams,
    query: pageSchema,
    status: 200,
    response: z.object({ configs: z.array(configSchema) }),
    handler: async (home, { params, query }) => {
      const pipeline = await getPipeline(home, params.namespace_id, params.pipeline_id);
      const versions = await listVersions(home, pipeline, pageOf(query));
      return { configs: versions.map((version) => versionView(pipeline, version)) };
    },
  }),
  operation({
    operationId: 'register_config',
    method: 'POST',
    path: `${pipelinePath}/configs`,
    summary: 'Register a version of a pipeline, which is created when it is new',
    access: { resource: 'configs', action: 'write' },
    params: pipelineParams,
    // What is inside is checked by the service: it names every problem of the whole config at once.
    body: z.strictObject({ config: z.unknown() }),
    bodyDocument: z
      .object({
        get config() {
          return pipelineSchema();
        },
      })
      .meta({ id: 'RegisterPipelineConfigRequest' }),
    status: 201,
    response: z.object({
      pipeline: z.object({ metadata: metadataSchema, config: configSchema }),
      warnings: z.array(z.string()).optional().describe('What AWS would refuse, or do otherwise.'),
    }),
    handler: async (home, { params, body }) => {
      const { namespace_id: namespace, pipeline_id } = params;
      const registered = await registerConfig(home, { namespace, pipeline: pipeline_id, config: body.config });
      const { pipeline, config, warnings } = registered;
      return {
        pipeline: { metadata: pipelineView(pipeline), config: versionView(pipeline, config) },
        ...(warnings.length && { warnings }),
      };
    },
  }),
  operation({
    operationId: 'get_config',
    method: 'GET',
    path: versionPath,
    summary: 'Get a version of a pipeline',
    access: { resource: 'configs', action: 'read' },
    params: versionParams,
    status: 200,
    response: z.object({ config: configSchema }),
    handler: async (home, { params }) => {
      const pipeline = await getPipeline(home, params.namespace_id, params.pipeline_id);
      return { config: versionView(pipeline, await getVersion(home, pipeline, params.version)) };
    },
  }),
  operation({
    operationId: 'deploy_config',
    method: 'POST',
    path: versionPath,
    summary: 'Deploy a version: new runs use it once the deployment is complete',
    access: { resource: 'deployments', action: 'write' },
    params: versionParams,
    status: 201,
    response: z.object({ deployment: deploymentSchema }),
    handler: async (home, { params }) => {
      const until = home.now() + answerWithin;
      return { deployment: deploymentView(await deploy(home, { ...versionOf(params), until })) };
    },
  }),
  operation({
    operationId: 'delete_config',
    method: 'DELETE',
    path: versionPath,
    summary: 'Delete a version that nothing uses',
    access: { resource: 'configs', action: 'delete' },
    params: versionParams,
    status: 204,
    handler: (home, { params }) => deleteVersion(home, versionOf(params)),
  }),
];
