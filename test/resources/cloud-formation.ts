/** CloudFormation, as a custom resource's function sees it: requests one after the other, some of them twice. */
import { createCustomResourceHandler } from '../../lambdas/resources/custom-resource.ts';
import { createPipelineResource } from '../../lambdas/resources/pipeline.ts';
import type { ResourceAnswer, ResourceRequest } from '../../lambdas/resources/request.ts';
import type { Home } from '../../lib/home.ts';
import { compile } from '../../lib/machine/compile.ts';
import { machineName, stackKey } from '../../lib/machine/name.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';

/** Requests get ids of their own; `again` is one of before. */
let requests = 0;

export type Wanted = {
  readonly type?: 'Create' | 'Update' | 'Delete';
  readonly config: { readonly id: string };
  readonly namespace?: string;
  readonly stack?: string;
  readonly resource?: string;
};

export function requestOf({ type = 'Create', config, namespace = 'default', ...from }: Wanted): ResourceRequest {
  const { stack = 'Data', resource = 'Nightly1A2B' } = from;
  const machine = machineName(stackKey(stack, namespace, config.id), compile(checkPipeline(config)));
  return {
    RequestType: type,
    RequestId: `request-${++requests}`,
    StackId: `arn:aws:cloudformation:eu-central-1:123456789012:stack/${stack}/1b2c`,
    LogicalResourceId: resource,
    ResponseURL: 'https://cloudformation-custom-resource-response.example/answer',
    PhysicalResourceId: `${namespace}/${config.id}`,
    ResourceProperties: {
      ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:resource',
      Namespace: namespace,
      Pipeline: config.id,
      Machine: machine,
      // In place of what lies in S3.
      Config: `https://s3.eu-central-1.amazonaws.com/assets/${encodeURIComponent(JSON.stringify(config))}`,
    },
  };
}

const readAsset = async (url: string) =>
  decodeURIComponent(url.replace('https://s3.eu-central-1.amazonaws.com/assets/', ''));

/** Hands the request to the function, and gives what CloudFormation is told. */
export async function send(home: Home, request: ResourceRequest): Promise<ResourceAnswer | undefined> {
  let told: ResourceAnswer | undefined;
  const handler = createCustomResourceHandler(home, createPipelineResource(home, readAsset), async (_, answer) => {
    told = answer;
  });
  await handler(request, { getRemainingTimeInMillis: () => 900_000 });
  return told;
}

export const ask = (home: Home, wanted: Wanted) => send(home, requestOf(wanted));
