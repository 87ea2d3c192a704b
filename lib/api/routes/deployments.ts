import * as z from 'zod';
import { rollback } from '../../deployment/deploy.ts';
import { deploymentView, getDeployment, listDeployments } from '../../deployment/deployments.ts';
import { answerWithin } from '../../deployment/machine.ts';
import { operation } from '../operation.ts';
import { pageOf, pageSchema } from '../page.ts';
import { pipelineParams, pipelinePath } from '../paths.ts';
import { numberSchema } from '../schemas/common.ts';
import { deploymentSchema } from '../schemas/deployment.ts';

export const deployments = [
  operation({
    operationId: 'list_deployments',
    method: 'GET',
    path: `${pipelinePath}/deployments`,
    summary: 'List the deployments of a pipeline',
    access: { resource: 'deployments', action: 'read' },
    params: pipelineParams,
    query: pageSchema,
    status: 200,
    response: z.object({ deployments: z.array(deploymentSchema) }),
    handler: async (home, { params, query }) => {
      const { namespace_id: namespace, pipeline_id: pipeline } = params;
      const found = await listDeployments(home, { namespace, pipeline }, pageOf(query));
      return { deployments: found.map(deploymentView) };
    },
  }),
  operation({
    operationId: 'rollback_deployment',
    method: 'POST',
    path: `${pipelinePath}/deployments/rollback`,
    summary: 'Deploy the version that was live before this one',
    access: { resource: 'deployments', action: 'write' },
    params: pipelineParams,
    status: 201,
    response: z.object({ deployment: deploymentSchema }),
    handler: async (home, { params }) => {
      const { namespace_id: namespace, pipeline_id: pipeline } = params;
      const until = home.now() + answerWithin;
      return { deployment: deploymentView(await rollback(home, { namespace, pipeline, until })) };
    },
  }),
  operation({
    operationId: 'get_deployment',
    method: 'GET',
    path: `${pipelinePath}/deployments/{deployment_id}`,
    summary: 'Get a deployment',
    access: { resource: 'deployments', action: 'read' },
    params: pipelineParams.extend({ deployment_id: numberSchema }),
    status: 200,
    response: z.object({ deployment: deploymentSchema }),
    handler: async (home, { params }) => {
      const { namespace_id: namespace, pipeline_id: pipeline, deployment_id: deployment } = params;
      return { deployment: deploymentView(await getDeployment(home, { namespace, pipeline, deployment })) };
    },
  }),
];
