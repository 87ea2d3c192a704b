import type { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, test } from 'vitest';
import { createExtensionReachHandler } from '../../lambdas/events/extension-reach.ts';
import type { ExtensionRequest } from '../../lib/extension/exchange.ts';
import { actionsOf, allowing, everySetting, type Statement, statementsOf, template, templateOf } from './stack.ts';

type Resource = { readonly Type: string; readonly DependsOn?: string | string[]; readonly Properties: Properties };
type Properties = Readonly<Record<string, unknown>>;

const text = (value: unknown) => JSON.stringify(value);
const resourcesOf = (of: Template): Record<string, Resource> => of.toJSON()['Resources'];
const typed = (type: string, of: Template = template) =>
  Object.values(resourcesOf(of)).filter((each) => each.Type === type);

function functionNamed(name: string, of: Template = template): Properties {
  const found = typed('AWS::Lambda::Function', of).find(({ Properties }) => Properties['FunctionName'] === name);
  if (!found) throw new Error(`there is no function ${name}`);
  return found.Properties;
}

const variablesOf = ({ Environment }: Properties) => (Environment as { Variables: Record<string, unknown> }).Variables;

/** Logical id of what an attribute is asked of. */
const idIn = (attribute: unknown) => /"Fn::GetAtt":\["(\w+)"/.exec(text(attribute))?.[1];

const reach = functionNamed('Gofer-extension-reach');
const tending = functionNamed('Gofer-extensions');
const groups = (of: Template = template) => {
  const all = Object.entries(resourcesOf(of)).filter(([, { Type }]) => Type === 'AWS::EC2::SecurityGroup');
  const named = (id: string) => all.find(([name]) => name.startsWith(id)) ?? ['', undefined];
  const [containers] = named('ExtensionReachContainers');
  const [caller, callers] = named('ExtensionReachCaller');
  return { containers, caller, egressOfCaller: callers?.Properties['SecurityGroupEgress'] };
};

describe('with extensions switched off', () => {
  const off = templateOf({ extensions: false });

  test('there is no function, group, rule or right of theirs', () => {
    const names = Object.keys(resourcesOf(off)).filter((name) => /Extension/.test(name));
    expect(names).toEqual([]);
    expect(typed('AWS::EC2::SecurityGroupIngress', off)).toEqual([]);
    expect(typed('AWS::EC2::SecurityGroup', off)).toHaveLength(1);
    const rules = typed('AWS::Events::Rule', off).filter((rule) => text(rule).includes('rate(1 minute)'));
    expect(rules).toHaveLength(1);
    const rights = statementsOf(/./, off).flatMap(actionsOf);
    for (const right of ['lambda:InvokeFunction', 'ecs:CreateService', 'ecs:UpdateService'])
      expect(statementsOf(/^(Control|Streams|Expiry)/, off).flatMap(actionsOf)).not.toContain(right);
    expect(rights.filter((right) => right.startsWith('ec2:'))).toEqual([]);
  });

  test('no function is told of them', () => {
    for (const { Properties } of typed('AWS::Lambda::Function', off))
      expect(text(Properties['Environment'])).not.toContain('GOFER_EXTENSION');
  });

  test('services of an installation that had them before are removed with it all the same', () => {
    const deleting = allowing(statementsOf(/^UninstallFunction/, off), 'ecs:DeleteService');
    expect(text(deleting.Resource)).toContain('/gofer-extension-*');
  });
});

describe('the function that speaks to extensions', () => {
  test('lies in the public subnets of the VPC, beside them', () => {
    const { SubnetIds } = reach['VpcConfig'] as Record<string, unknown[]>;
    expect(SubnetIds).toEqual([
      { Ref: expect.stringMatching(/^NetworkVpcpublicSubnet1/) },
      { Ref: expect.stringMatching(/^NetworkVpcpublicSubnet2/) },
    ]);
    expect(text(variablesOf(tending)['GOFER_SUBNETS'])).toContain(text(SubnetIds?.[0]));
  });

  test('lies in the private subnets with `privateSubnets`', () => {
    const subnets = (stack: Stack) =>
      Vpc.fromVpcAttributes(stack, 'Theirs', {
        vpcId: 'vpc-12345678',
        availabilityZones: ['a'],
        publicSubnetIds: ['subnet-open'],
        privateSubnetIds: ['subnet-closed'],
      });
    const inside = templateOf((stack) => ({ vpc: subnets(stack), privateSubnets: true }));
    expect(functionNamed('Gofer-extension-reach', inside)['VpcConfig']).toMatchObject({ SubnetIds: ['subnet-closed'] });
    expect(variablesOf(functionNamed('Gofer-extensions', inside))).toMatchObject({
      GOFER_SUBNETS: 'subnet-closed',
      GOFER_PUBLIC_IP: 'DISABLED',
    });
  });

  test('reaches their port and nothing else, AWS’s services among it', () => {
    const { containers, caller, egressOfCaller } = groups();
    const { SecurityGroupIds } = reach['VpcConfig'] as Record<string, unknown[]>;
    expect(SecurityGroupIds?.map(idIn)).toEqual([caller]);
    expect(egressOfCaller).toEqual([
      {
        DestinationSecurityGroupId: { 'Fn::GetAtt': [containers, 'GroupId'] },
        IpProtocol: 'tcp',
        FromPort: 8082,
        ToPort: 8082,
      },
    ]);
    expect(typed('AWS::EC2::SecurityGroupEgress')).toEqual([]);
  });

  test('is told nothing of the installation, and may do nothing in it', () => {
    expect(Object.keys(variablesOf(reach))).toEqual(['NODE_OPTIONS']);
    const rights = statementsOf(/^ExtensionReachFunction/).filter(({ Effect }) => Effect === 'Allow');
    expect(rights.flatMap(actionsOf).filter((right) => !/^(ec2|logs|xray):/.test(right))).toEqual([]);
  });

  test('is called once a day, so that it keeps its address, by a request that it takes and nobody answers', async () => {
    const [daily] = typed('AWS::Events::Rule').filter((rule) => text(rule).includes('"ExtensionReachFunction'));
    const { ScheduleExpression, Targets = [] } = (daily?.Properties ?? {}) as {
      ScheduleExpression?: string;
      Targets?: { Input: string }[];
    };
    const sent: ExtensionRequest[] = [];
    const handler = createExtensionReachHandler(async (request) => {
      sent.push(request);
      return { failed: 'connect ECONNREFUSED 127.0.0.1:8082' };
    });
    for (const { Input } of Targets) await handler(JSON.parse(Input));
    expect([ScheduleExpression, sent.length]).toEqual(['rate(1 day)', 1]);
    expect(sent[0]?.headers).toEqual({});
  });

  test('waits longer than an extension may take, and ends before the API does', () => {
    expect(reach['Timeout']).toBeGreaterThan(10);
    expect(reach['Timeout']).toBeLessThan(29);
  });
});

describe('containers of extensions', () => {
  test('let their port in from that function, and nothing else from anywhere', () => {
    const { containers, caller } = groups();
    expect(typed('AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties)).toEqual([
      {
        Description: expect.any(String),
        GroupId: { 'Fn::GetAtt': [containers, 'GroupId'] },
        SourceSecurityGroupId: { 'Fn::GetAtt': [caller, 'GroupId'] },
        IpProtocol: 'tcp',
        FromPort: 8082,
        ToPort: 8082,
      },
    ]);
  });

  test('are in that group by what the function that looks after them is told', () => {
    const { containers } = groups();
    expect(variablesOf(tending)).toMatchObject({
      GOFER_EXTENSION_SECURITY_GROUPS: { 'Fn::GetAtt': [containers, 'GroupId'] },
      GOFER_EXTENSIONS_FUNCTION: 'Gofer-extensions',
      GOFER_EXTENSION_REACH_FUNCTION: 'Gofer-extension-reach',
    });
  });
});

describe('the function that looks after extensions', () => {
  const statements = statementsOf(/^ExtensionsFunctionOwned/);

  test('changes services of extensions in its own cluster only', () => {
    const creating = allowing(statements, 'ecs:CreateService');
    for (const call of ['DescribeServices', 'UpdateService', 'DeleteService'])
      expect(allowing(statements, `ecs:${call}`)).toBe(creating);
    expect(text(creating.Resource)).toMatch(/:service\/",\{"Ref":"TasksCluster\w+"\},"\/gofer-extension-\*"/);
    expect(text(creating.Condition)).toMatch(/"ecs:cluster":\{"Fn::GetAtt":\["TasksCluster/);
  });

  test('starts and stops no task of a run', () => {
    const actions = statements.flatMap(actionsOf);
    for (const right of ['ecs:RunTask', 'ecs:StopTask', 'states:StartExecution', 'states:CreateStateMachine'])
      expect(actions).not.toContain(right);
  });

  test('hands on the role that ECS starts containers with, and no other', () => {
    const passing = allowing(statements, 'iam:PassRole');
    expect(idIn(passing.Resource)).toMatch(/^TasksExecutionRole/);
    expect(passing.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  });

  test('is woken by their containers and every minute, and never tried again: the next minute is', () => {
    const targets = typed('AWS::Events::Rule').filter((rule) => text(rule).includes('"ExtensionsFunction'));
    expect(targets.map(({ Properties }) => Properties['ScheduleExpression'] ?? Properties['EventPattern'])).toEqual([
      expect.objectContaining({
        detail: {
          clusterArn: [{ 'Fn::GetAtt': [expect.stringMatching(/^TasksCluster/), 'Arn'] }],
          group: [{ prefix: 'service:gofer-extension-' }],
          lastStatus: ['RUNNING', 'STOPPED'],
        },
      }),
      'rate(1 minute)',
    ]);
    const retries = typed('AWS::Lambda::EventInvokeConfig').filter((each) => text(each).includes('"ExtensionsFunc'));
    expect(retries.map(({ Properties }) => Properties['MaximumRetryAttempts'])).toEqual([0]);
  });
});

test.each([
  ['extension-reach', /"ExtensionReachFunction\w+","Arn"\]/],
  ['extensions', /:function:Gofer-extensions"/],
])('who may invoke %s: the API and the function that looks after extensions, without versions', (_, named) => {
  const all = templateOf(everySetting);
  const roles = Object.values(resourcesOf(all)).flatMap(({ Type, Properties: { Roles, PolicyDocument } }) => {
    if (Type !== 'AWS::IAM::Policy') return [];
    const invoking = (PolicyDocument as { Statement: Statement[] }).Statement.filter(
      (each) => actionsOf(each).includes('lambda:InvokeFunction') && named.test(text(each.Resource)),
    );
    for (const { Resource } of invoking) expect(text(Resource)).not.toContain('*');
    return invoking.length ? (Roles as { Ref: string }[]).map(({ Ref }) => Ref) : [];
  });
  expect(roles.sort()).toEqual([
    expect.stringMatching(/^ControlApiOwned/),
    expect.stringMatching(/^ExtensionsFunctionOwned/),
  ]);
});

test('they call them by the names that these have, whatever the stack’s is', () => {
  const { Resource } = allowing(statementsOf(/^ControlApiOwned/), 'lambda:InvokeFunction');
  expect([Resource].flat()).toEqual([
    { 'Fn::GetAtt': [expect.stringMatching(/^ExtensionReachFunction/), 'Arn'] },
    { 'Fn::Join': ['', expect.arrayContaining([expect.stringMatching(/:function:Gofer-extensions$/)])] },
  ]);
});

describe('when extensions are switched off, or with the whole installation', () => {
  const dependencies = (name: string) => [resourcesOf(template)[name]?.DependsOn ?? []].flat();
  const [services = ''] = Object.keys(resourcesOf(template)).filter((name) => /ExtensionServices/.test(name));

  test('first no service is made any more', () => {
    const making = Object.entries(resourcesOf(template)).filter(
      ([name, { Type }]) => /^Extensions/.test(name) && /Function$|Rule$/.test(Type),
    );
    expect(making).toHaveLength(3);
    for (const [name] of making)
      expect(dependencies(name)).toEqual(expect.arrayContaining(['GoferUninstall', services]));
  });

  test('then those that there are are removed, by who removes the whole', () => {
    expect(resourcesOf(template)[services]).toMatchObject({
      Type: 'Custom::GoferExtensionServices',
      Properties: { Part: 'extensions', ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^Uninstall/), 'Arn'] } },
    });
    expect(dependencies('GoferUninstall')).toContain(services);
  });

  test('containers keep their group until they are gone', () => {
    const { containers, caller } = groups();
    expect(dependencies(services)).toEqual(expect.arrayContaining([containers, caller]));
  });
});
