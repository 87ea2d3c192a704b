/**
 * What an installation has made in its account at run time. Two installations may share an account and every prefix, so
 * each thing is recognized by the stack's own role in it, without which it is of no use to anybody.
 */
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  paginateListTaskDefinitionFamilies,
  paginateListTaskDefinitions,
} from '@aws-sdk/client-ecs';
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  paginateListStateMachines,
  type SFNClient,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import type { Leftover, Leftovers } from '../ports/leftovers.ts';

export type LeftoverClients = { readonly sfn: SFNClient; readonly ecs: ECSClient; readonly s3: S3Client };

export type LeftoverSettings = {
  readonly machineRoleArn: string;
  readonly executionRoleArn: string;
  /** Buckets that go with the stack: they have to be empty then. */
  readonly buckets: readonly string[];
};

export const createLeftovers = (clients: LeftoverClients, settings: LeftoverSettings): Leftovers => ({
  async *list() {
    yield* machines(clients, settings);
    yield* taskDefinitions(clients, settings);
    for (const bucket of settings.buckets) yield* objects(clients, bucket);
  },
});

async function* machines(
  { sfn }: LeftoverClients,
  { machineRoleArn }: LeftoverSettings,
): AsyncGenerator<Leftover, void> {
  for await (const { stateMachines = [] } of paginateListStateMachines({ client: sfn }, {})) {
    for (const { name = '', stateMachineArn } of stateMachines) {
      if (!name.startsWith('gofer_')) continue;
      const found = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn })).catch(goneAlready);
      // One that is being deleted goes once its executions have ended.
      if (found?.roleArn !== machineRoleArn || found.status === 'DELETING') continue;
      const remove = async () => void (await sfn.send(new DeleteStateMachineCommand({ stateMachineArn })));
      yield { kind: 'state machines', count: 1, remove };
    }
  }
}

function goneAlready(error: unknown): undefined {
  if (!(error instanceof StateMachineDoesNotExist)) throw error;
}

async function* taskDefinitions(
  { ecs }: LeftoverClients,
  { executionRoleArn }: LeftoverSettings,
): AsyncGenerator<Leftover, void> {
  const prefix = { familyPrefix: 'gofer-', status: 'ALL' } as const;
  for await (const { families = [] } of paginateListTaskDefinitionFamilies({ client: ecs }, prefix)) {
    for (const familyPrefix of families) {
      // Inactive first: what is deregistered here must not be met again below.
      for (const status of ['INACTIVE', 'ACTIVE'] as const) {
        for await (const page of paginateListTaskDefinitions({ client: ecs }, { familyPrefix, status })) {
          for (const taskDefinition of page.taskDefinitionArns ?? []) {
            const found = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
            if (found.taskDefinition?.executionRoleArn !== executionRoleArn) continue;
            const remove = () => forget(ecs, taskDefinition, status);
            yield { kind: 'task definitions', count: 1, remove };
          }
        }
      }
    }
  }
}

async function forget(ecs: ECSClient, taskDefinition: string, status: 'ACTIVE' | 'INACTIVE'): Promise<void> {
  if (status === 'ACTIVE') await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  const { failures = [] } = await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinition] }));
  const [failure] = failures;
  if (failure) throw new Error(`${taskDefinition} can not be deleted: ${failure.reason ?? 'no reason is known'}`);
}

/** A thousand at a time, with every version. */
async function* objects({ s3 }: LeftoverClients, Bucket: string): AsyncGenerator<Leftover, void> {
  let more = true;
  while (more) {
    const { Versions = [], DeleteMarkers = [], IsTruncated } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    more = (IsTruncated ?? false) && Objects.length > 0;
    if (!Objects.length) return;
    const remove = async () => {
      const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      const [first] = Errors;
      if (first) throw new Error(`objects of ${Bucket} can not be deleted: ${first.Code} ${first.Message}`);
    };
    yield { kind: 'objects', count: Objects.length, remove };
  }
}
