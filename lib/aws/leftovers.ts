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
import {
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  paginateListStateMachines,
  type SFNClient,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import type { Leftover, Leftovers } from '../ports/leftovers.ts';
import { objectsIn } from './bucket.ts';
import type { S3Options } from './s3.ts';

export type LeftoverClients = { readonly sfn: SFNClient; readonly ecs: ECSClient; readonly s3: S3Options };

export type LeftoverSettings = {
  readonly machineRoleArn: string;
  readonly executionRoleArn: string;
  /** Addresses of the buckets that go with the stack: they have to be empty then. */
  readonly buckets: readonly string[];
};

export const createLeftovers = (clients: LeftoverClients, settings: LeftoverSettings): Leftovers => ({
  async *list() {
    yield* machines(clients, settings);
    yield* taskDefinitions(clients, settings);
    for (const bucket of settings.buckets) yield* objectsIn(bucket, clients.s3);
  },
});

async function* machines(
  { sfn }: LeftoverClients,
  { machineRoleArn }: LeftoverSettings,
): AsyncGenerator<Leftover, void> {
  for await (const { stateMachines = [] } of paginateListStateMachines({ client: sfn }, {})) {
    for (const { name = '', stateMachineArn } of stateMachines) {
      if (!name.startsWith('gofer_')) continue;
      const found = await describe(sfn, stateMachineArn);
      // One that is being deleted goes once its executions have ended.
      if (found?.roleArn !== machineRoleArn || found.status === 'DELETING') continue;
      const remove = async () => void (await sfn.send(new DeleteStateMachineCommand({ stateMachineArn })));
      yield { kind: 'state machines', count: 1, remove };
    }
  }
}

async function describe(sfn: SFNClient, stateMachineArn: string | undefined) {
  try {
    return await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  } catch (error) {
    if (error instanceof StateMachineDoesNotExist) return undefined;
    throw error;
  }
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
