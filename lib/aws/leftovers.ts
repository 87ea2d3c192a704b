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
import { secretsLeft } from './secret-leftovers.ts';
import type { SecretSettings } from './secrets.ts';
import { servicesLeft } from './service-leftovers.ts';
import type { SignedOptions } from './signed.ts';

export type LeftoverClients = { readonly sfn: SFNClient; readonly ecs: ECSClient; readonly signed: SignedOptions };

export type LeftoverSettings = {
  readonly machineRoleArn: string;
  readonly executionRoleArn: string;
  readonly clusterArn: string;
  /** Addresses of the buckets that go with the stack: they have to be empty then. */
  readonly buckets: readonly string[];
  readonly secrets: SecretSettings;
};

export const createLeftovers = (clients: LeftoverClients, settings: LeftoverSettings): Leftovers => ({
  async *list() {
    // First: what they have started ends with them.
    yield* servicesLeft(clients.ecs, settings.clusterArn);
    yield* machines(clients, settings);
    yield* taskDefinitions(clients, settings);
    yield* secretsLeft(settings.secrets, clients.signed);
    for (const bucket of settings.buckets) yield* objectsIn(bucket, clients.signed);
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

type Status = 'ACTIVE' | 'INACTIVE';
type Revision = { readonly arn: string; readonly status: Status };

/** DeleteTaskDefinitions takes at most 10 revisions, and AWS about one such call a second: a family has few. */
const deletedAtOnce = 10;

async function* taskDefinitions(clients: LeftoverClients, settings: LeftoverSettings): AsyncGenerator<Leftover, void> {
  let some: Revision[] = [];
  const leftover = (revisions: readonly Revision[]): Leftover => {
    const remove = () => forget(clients.ecs, revisions);
    return { kind: 'task definitions', count: revisions.length, remove };
  };
  for await (const revision of revisionsOf(clients, settings)) {
    some.push(revision);
    if (some.length < deletedAtOnce) continue;
    yield leftover(some);
    some = [];
  }
  if (some.length) yield leftover(some);
}

async function* revisionsOf(
  { ecs }: LeftoverClients,
  { executionRoleArn }: LeftoverSettings,
): AsyncGenerator<Revision, void> {
  const prefix = { familyPrefix: 'gofer-', status: 'ALL' } as const;
  for await (const { families = [] } of paginateListTaskDefinitionFamilies({ client: ecs }, prefix)) {
    for (const family of families) {
      // Both lists before anything of them is removed: what is deregistered meanwhile must not be met again.
      const revisions = [...(await listed(ecs, family, 'INACTIVE')), ...(await listed(ecs, family, 'ACTIVE'))];
      for (const revision of revisions) {
        const found = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: revision.arn }));
        if (found.taskDefinition?.executionRoleArn === executionRoleArn) yield revision;
      }
    }
  }
}

async function listed(ecs: ECSClient, familyPrefix: string, status: Status): Promise<Revision[]> {
  const revisions: Revision[] = [];
  for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions(
    { client: ecs },
    { familyPrefix, status },
  ))
    revisions.push(...taskDefinitionArns.map((arn) => ({ arn, status })));
  return revisions;
}

async function forget(ecs: ECSClient, revisions: readonly Revision[]): Promise<void> {
  for (const { arn, status } of revisions)
    if (status === 'ACTIVE') await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
  const taskDefinitions = revisions.map(({ arn }) => arn);
  const { failures = [] } = await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
  if (!failures.length) return;
  const [{ arn, reason = 'no reason is known' } = {}] = failures;
  const others = failures.length > 1 ? `, nor ${failures.length - 1} others` : '';
  throw new Error(`${arn} can not be deleted: ${reason}${others}`);
}
