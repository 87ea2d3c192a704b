/** Takes {@link Inventory} with the caller's credentials: the table's versions, and what is there in the account. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeTaskDefinitionCommand, ECSClient, paginateListTaskDefinitionFamilies } from '@aws-sdk/client-ecs';
import { DescribeStateMachineCommand, paginateListStateMachines, SFNClient } from '@aws-sdk/client-sfn';
import { createContainers } from '../../aws/containers.ts';
import { dynamoProtocol } from '../../aws/dynamo.ts';
import { placeOf } from '../../aws/environment.ts';
import { extensionIn } from '../../aws/extensions/definition.ts';
import type { clientOptions } from '../../cli/aws/stack.ts';
import { listExtensions } from '../../extension/extensions.ts';
import { createDynamoTable } from '../../store/dynamo.ts';
import { runKey } from '../../store/items/run.ts';
import type { Table } from '../../store/table.ts';
import { parseGroup } from '../../task/group.ts';
import type { Inventory } from './orphans.ts';
import type { Told } from './told.ts';
import { versionsIn } from './versions.ts';

export async function takeInventory(options: ReturnType<typeof clientOptions>, told: Told): Promise<Inventory> {
  const table = createDynamoTable(dynamoProtocol(new DynamoDBClient(options)), told.GOFER_TABLE);
  const [ecs, sfn] = [new ECSClient(options), new SFNClient(options)];
  // First what is there, then what is known: what is made in between is then known, and not taken for an orphan.
  const [machines, families, containers] = await Promise.all([
    machineNames(sfn),
    familyNames(ecs),
    containersOf(ecs, told, table),
  ]);
  const { versions, knownMachines, knownFamilies } = await versionsIn(table, told);
  const tokens = new Set((await listExtensions({ table })).map(({ token }) => token));
  const unknown = {
    machines: await ours(machines, knownMachines, machineNamed(sfn, told), told.GOFER_MACHINE_ROLE_ARN),
    definitions: await ours(families, knownFamilies, newestOf(ecs, tokens), told.GOFER_EXECUTION_ROLE_ARN),
  };
  return {
    versions,
    machines: [...machines.filter((name) => knownMachines.has(name)), ...unknown.machines],
    families: [
      ...families.filter((name) => knownFamilies.has(name)),
      ...unknown.definitions.map((name) => name.replace(/:\d+$/, '')),
    ],
    unknown,
    containers,
    statesArn: told.GOFER_STATES_ARN,
    clusterArn: told.GOFER_CLUSTER_ARN,
    now: Date.now(),
  };
}

async function machineNames(client: SFNClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, { maxResults: 1000 }))
    names.push(...stateMachines.flatMap(({ name }) => (name?.startsWith('gofer_') ? [name] : [])));
  return names;
}

async function familyNames(client: ECSClient): Promise<string[]> {
  const names: string[] = [];
  const active = { familyPrefix: 'gofer-', status: 'ACTIVE' } as const;
  for await (const { families = [] } of paginateListTaskDefinitionFamilies({ client }, active)) names.push(...families);
  // As the product names them: a stranger may have chosen the same beginning.
  return names.filter((name) => /^gofer-[0-9a-f]{32}$/.test(name));
}

async function containersOf(client: ECSClient, told: Told, table: Table): Promise<Inventory['containers']> {
  const place = placeOf(told.GOFER_STATES_ARN);
  const containers = createContainers(client, {
    installation: told.GOFER_INSTALLATION,
    clusterArn: told.GOFER_CLUSTER_ARN,
    executionRoleArn: told.GOFER_EXECUTION_ROLE_ARN,
    logGroup: told.GOFER_TASK_LOG_GROUP,
    ...place,
    secrets: { ...place, store: told.GOFER_SECRET_STORE },
  });
  const alive = (await containers.listAll()).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const runs = await table.getMany(
    alive.map(({ group }) => {
      const { uid = '', number = 0 } = parseGroup(group) ?? {};
      return runKey(uid, number);
    }),
  );
  return alive.map(({ arn, createdAt }, i) => ({
    arn,
    createdAt,
    expected: runs[i] !== undefined && runs[i]['state'] !== 'complete',
  }));
}

/** Calls a second are few: beyond that many unknown names, the rest isn't asked about and isn't counted. */
const asked = 100;

/** What is there under a name: as AWS calls it, the role in it, and whether an extension runs by it. */
type Found = { readonly name: string; readonly role: string | undefined; readonly inUse?: boolean };

/** Two installations may share an account: of the names that the table doesn't know, those with this installation's role. */
async function ours(
  names: readonly string[],
  known: ReadonlySet<string>,
  named: (name: string) => Promise<Found>,
  role: string,
): Promise<string[]> {
  const unknown: string[] = [];
  for (const each of names.filter((name) => !known.has(name)).slice(0, asked)) {
    const found = await named(each);
    if (found.role === role && !found.inUse) unknown.push(found.name);
  }
  return unknown;
}

const machineNamed =
  (client: SFNClient, { GOFER_STATES_ARN }: Told) =>
  async (name: string): Promise<Found> => {
    const stateMachineArn = `${GOFER_STATES_ARN}:stateMachine:${name}`;
    return { name, role: (await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).roleArn };
  };

/** The newest revision that is registered: those before it may be gone. */
const newestOf =
  (client: ECSClient, tokens: ReadonlySet<string | undefined>) =>
  async (family: string): Promise<Found> => {
    const { taskDefinition = {} } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: family }));
    const extension = extensionIn(taskDefinition);
    return {
      name: `${family}:${taskDefinition.revision}`,
      role: taskDefinition.executionRoleArn,
      inUse: extension !== undefined && tokens.has(extension.token),
    };
  };
