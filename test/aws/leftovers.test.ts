import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import {
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  SFNClient,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLeftovers } from '../../lib/aws/leftovers.ts';
import type { SecretStore } from '../../lib/aws/secret-path.ts';
import { type SecretService, startSecretService } from './secret-service.ts';

const sfn = mockClient(SFNClient);
const ecs = mockClient(ECSClient);
let secrets: SecretService;

const leftoversOf = (store: SecretStore = 'secrets-manager') =>
  createLeftovers(
    { sfn: new SFNClient({}), ecs: new ECSClient({}), signed: secrets.options },
    {
      machineRoleArn: 'role/ours',
      executionRoleArn: 'role/our-tasks',
      clusterArn: 'arn:cluster',
      buckets: [],
      secrets: { installation: 'Gofer', store },
    },
  );

/** Family and revision to the role in it, as they are registered. */
let active: Map<string, string>;
let inactive: Map<string, string>;

beforeEach(async () => {
  secrets = await startSecretService();
  sfn.reset();
  ecs.reset();
  ecs.on(ListServicesCommand).resolves({ serviceArns: [] });
  const machines: Record<string, { roleArn: string; status?: 'DELETING' } | undefined> = {
    gofer_a_1: { roleArn: 'role/ours' },
    gofer_b_2: { roleArn: 'role/of-another-installation' },
    gofer_c_3: { roleArn: 'role/ours', status: 'DELETING' },
    gofer_gone: undefined,
    other: { roleArn: 'role/ours' },
  };
  const stateMachines = Object.keys(machines).map((name) => ({
    name,
    stateMachineArn: `arn:${name}`,
    type: 'STANDARD' as const,
    creationDate: new Date(),
  }));
  sfn.on(ListStateMachinesCommand).resolves({ stateMachines });
  sfn.on(DescribeStateMachineCommand).callsFake(({ stateMachineArn }: { stateMachineArn: string }) => {
    const found = machines[stateMachineArn.slice(4)];
    if (found) return found;
    throw new StateMachineDoesNotExist({ message: '', $metadata: {} });
  });
  sfn.on(DeleteStateMachineCommand).resolves({});

  active = new Map([
    ['gofer-1:1', 'role/our-tasks'],
    ['gofer-1:2', 'role/our-tasks'],
    ['gofer-2:1', 'role/of-another-installation'],
  ]);
  inactive = new Map([['gofer-3:1', 'role/our-tasks']]);
  const registered = (status: string) => (status === 'ACTIVE' ? active : inactive);
  ecs.on(ListTaskDefinitionFamiliesCommand).resolves({ families: ['gofer-1', 'gofer-2', 'gofer-3'] });
  ecs.on(ListTaskDefinitionsCommand).callsFake(({ familyPrefix, status }: Record<string, string>) => ({
    taskDefinitionArns: [...registered(status ?? '').keys()].filter((name) => name.startsWith(`${familyPrefix}:`)),
  }));
  ecs.on(DescribeTaskDefinitionCommand).callsFake(({ taskDefinition }: { taskDefinition: string }) => ({
    taskDefinition: { executionRoleArn: active.get(taskDefinition) ?? inactive.get(taskDefinition) },
  }));
  ecs.on(DeregisterTaskDefinitionCommand).callsFake(({ taskDefinition }: { taskDefinition: string }) => {
    inactive.set(taskDefinition, active.get(taskDefinition) ?? '');
    active.delete(taskDefinition);
    return {};
  });
  ecs.on(DeleteTaskDefinitionsCommand).callsFake(({ taskDefinitions }: { taskDefinitions: string[] }) => {
    const failures = taskDefinitions.filter((name) => !inactive.delete(name)).map((arn) => ({ arn, reason: 'ACTIVE' }));
    return { failures };
  });
});

afterEach(() => secrets.close());

async function removeAll(leftovers = leftoversOf()): Promise<string[]> {
  const removed: string[] = [];
  for await (const { kind, count, remove } of leftovers.list()) {
    removed.push(`${count} ${kind}`);
    await remove();
  }
  return removed;
}

test('machines are known by the role of the stack: another installation’s of the same prefix stay', async () => {
  await removeAll();
  const deleted = sfn.commandCalls(DeleteStateMachineCommand).map(({ args: [{ input }] }) => input.stateMachineArn);
  expect(deleted).toEqual(['arn:gofer_a_1']);
});

test('task definitions are deregistered and deleted, also those that were deregistered before', async () => {
  expect(await removeAll()).toEqual(['1 state machines', '3 task definitions']);
  expect([...active.keys()]).toEqual(['gofer-2:1']);
  expect([...inactive.keys()]).toEqual([]);
});

test('ten revisions go with one call, of whatever families they are', async () => {
  active.delete('gofer-1:2');
  for (let n = 4; n < 27; n++) active.set(`gofer-${n}:1`, 'role/our-tasks');
  ecs.on(ListTaskDefinitionFamiliesCommand).resolves({ families: [...active.keys()].map((name) => name.slice(0, -2)) });
  expect(await removeAll()).toEqual(['1 state machines', ...[10, 10, 4].map((count) => `${count} task definitions`)]);
  expect(ecs.commandCalls(DeleteTaskDefinitionsCommand)).toHaveLength(3);
  expect([...active.keys()]).toEqual(['gofer-2:1']);
});

test('a definition that AWS keeps is an error that names it', async () => {
  ecs.on(DeleteTaskDefinitionsCommand).resolves({ failures: [{ arn: 'gofer-3:1', reason: 'in use' }] });
  await expect(removeAll()).rejects.toThrow(/gofer-\d:1 can not be deleted: in use/);
});

const ofOthers = [
  'gofer/Gofer-2/default/build/pass/value',
  'gofer/Gofer/by-hand',
  '/gofer/Gofer/bootstrap-code',
  'other',
];

test('secrets go with the installation, and no other’s', async () => {
  const ours = ['a', 'b', 'c'].map((key) => `gofer/Gofer/default/build/${key}/value`);
  for (const name of [...ours, ...ofOthers]) secrets.values.set(name, 'x');
  expect((await removeAll()).filter((each) => each.includes('secrets'))).toEqual(ours.map(() => '1 secrets'));
  expect([...secrets.values.keys()]).toEqual(ofOthers);
});

test('secrets that are parameters go ten at a time, and registry credentials with them', async () => {
  const ours = Array.from({ length: 12 }, (_, i) => `/gofer/Gofer/default/build/k${i}/value`);
  const registry = 'gofer/Gofer/default/build/_registry/compile/value';
  for (const name of [...ours, registry, ...ofOthers]) secrets.values.set(name, 'x');
  const removed = await removeAll(leftoversOf('parameter-store'));
  expect(removed.filter((each) => each.includes('secrets'))).toEqual(['1 secrets', '10 secrets', '2 secrets']);
  expect([...secrets.values.keys()]).toEqual(ofOthers);
});
