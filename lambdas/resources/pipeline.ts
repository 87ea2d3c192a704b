/** The custom resource behind a pipeline of a stack: it makes live what the stack says, and lets go when it is removed there. */
import * as z from 'zod';
import { deployManaged, releaseManaged } from '../../lib/deployment/managed.ts';
import type { Home } from '../../lib/home.ts';
import type { CustomResource } from './custom-resource.ts';
import { stackOf } from './request.ts';

/** Written by the construct `Pipeline`. Strings only: CloudFormation makes strings of everything. */
const pipelineProperties = z.object({
  Namespace: z.string(),
  Pipeline: z.string(),
  /** Name of the machine that the stack has made of the config. */
  Machine: z.string(),
  /** Where the config lies: its address in S3. */
  Config: z.string(),
});

/** What is written at an address in S3. */
export type ReadAsset = (address: string) => Promise<string>;

export const createPipelineResource = (home: Home, readAsset: ReadAsset): CustomResource => ({
  physicalId: (request) =>
    request.RequestType === 'Delete'
      ? request.PhysicalResourceId
      : `${request.ResourceProperties['Namespace']}/${request.ResourceProperties['Pipeline']}`,
  carryOut: async (request) => {
    const manager = { stack: stackOf(request), resource: request.LogicalResourceId };
    if (request.RequestType === 'Delete') {
      const [namespace = '', pipeline = ''] = request.PhysicalResourceId.split('/');
      await releaseManaged(home, { namespace, pipeline, manager });
      return undefined;
    }
    const { Namespace, Pipeline, Machine, Config } = pipelineProperties.parse(request.ResourceProperties);
    const config: unknown = JSON.parse(await readAsset(Config));
    const wanted = { namespace: Namespace, pipeline: Pipeline, config, machine: Machine, manager };
    const { version } = await deployManaged(home, wanted);
    return `version ${version} of pipeline "${Pipeline}" is live`;
  },
});
