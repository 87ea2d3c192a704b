import { expect, test } from 'vitest';
import { allowing, statementsOf, template, templateOf } from './stack.ts';

type Resource = { readonly Type: string; readonly DependsOn?: string | string[]; readonly [name: string]: unknown };
const resources = template.toJSON()['Resources'] as Record<string, Resource>;

/** Everything that has to be there for `name`, so everything that is deleted after it. */
function neededBy(name: string, found = new Set<string>()): Set<string> {
  const text = JSON.stringify(resources[name] ?? {});
  const references = [...text.matchAll(/\{"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map(([, id = '']) => id);
  for (const id of [...references, ...[resources[name]?.DependsOn ?? []].flat()])
    if (resources[id] && !found.has(id)) neededBy(id, found.add(id));
  return found;
}

const typed = (type: string) => Object.keys(resources).filter((name) => resources[name]?.Type === type);

test('the uninstall goes before everything that runs need to come to their end', () => {
  const needed = neededBy('GoferUninstall');
  for (const part of [
    /^StoreTable/,
    /^TasksCluster/,
    /^MachinesRole/,
    /^ControlNext/,
    /^ControlFinish/,
    /^ControlSweep/,
  ])
    expect([...needed].some((name) => part.test(name))).toBe(true);
  for (const rule of typed('AWS::Events::Rule').filter((name) => name.startsWith('Events')))
    expect(needed.has(rule)).toBe(true);
});

test('containers keep their capacity, their way out and the right to be stopped until they have ended', () => {
  const needed = neededBy('GoferUninstall');
  const policies = typed('AWS::IAM::Policy').filter((name) => /^(Machines|Tasks)/.test(name));
  const held = [
    ...typed('AWS::ECS::ClusterCapacityProviderAssociations'),
    ...typed('AWS::EC2::VPCGatewayAttachment'),
    ...typed('AWS::EC2::Route'),
    ...policies,
  ];
  expect(held.length).toBeGreaterThanOrEqual(6);
  expect(held.filter((name) => !needed.has(name))).toEqual([]);
});

test('the API’s stage, without which nobody reaches it, and the pipelines of the stack go before it', () => {
  for (const type of ['AWS::ApiGateway::Stage', 'Custom::GoferPipeline'])
    for (const name of typed(type)) expect(neededBy(name).has('GoferUninstall')).toBe(true);
});

test('nothing that it needs waits for what goes before it', () => {
  const needed = neededBy('GoferUninstall');
  for (const name of typed('AWS::ApiGateway::Stage')) expect(needed.has(name)).toBe(false);
});

test('what it leaves is told by name: the records, unless they are to go too', () => {
  const text = (value: unknown) => JSON.stringify(value);
  const left = resources['GoferUninstall']?.['Properties'] as { Retained: unknown[] };
  expect(left.Retained).toHaveLength(3);
  expect(text(left.Retained)).toMatch(/StoreTable.*TasksLogs.*ObjectsBucket/);
  const all = templateOf({ removalPolicy: 'destroy' }).toJSON()['Resources'];
  const { Retained, Buckets } = all['GoferUninstall'].Properties;
  expect(Retained).toEqual([]);
  expect(text(Buckets)).toMatch(/https:\/\/s3\..*ObjectsBucket/);
});

test('it deletes machines of the product only', () => {
  const statements = statementsOf(/^UninstallFunction/);
  expect(JSON.stringify(allowing(statements, 'states:DeleteStateMachine').Resource)).toContain(':stateMachine:gofer_*');
  expect(JSON.stringify(allowing(statements, 'ecs:DeleteTaskDefinitions').Resource)).toContain(
    ':task-definition/gofer-*:*',
  );
});
