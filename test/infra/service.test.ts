import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { pipeline, template } from './stack.ts';

describe('the table', () => {
  test('is keyed by pk and sk, paid on demand, restorable, and outlives the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      },
    });
  });

  test('has one sparse index, of keys only, for the sweep', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      GlobalSecondaryIndexes: [
        {
          IndexName: 'sweep',
          KeySchema: [
            { AttributeName: 'sweep', KeyType: 'HASH' },
            { AttributeName: 'pk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  });
});

describe('the network', () => {
  test('costs nothing while idle: public subnets, no NAT, gateway endpoints', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: true });
    template.allResourcesProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
  });

  test('lets nothing in to tasks', () => {
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    const tasks = { 'Fn::GetAtt': [Match.stringLikeRegexp('^NetworkTasks'), 'GroupId'] };
    template.resourcePropertiesCountIs('AWS::EC2::SecurityGroupIngress', { GroupId: tasks }, 0);
  });
});

test('the cluster runs on Fargate', () => {
  template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
    CapacityProviders: Match.arrayWith(['FARGATE']),
  });
});

describe('the API', () => {
  test('is regional, so that streams stay open for longer than 30 s of silence', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
  });

  test('hands every method and path that is no stream to one function', () => {
    template.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart: '{proxy+}' });
    template.resourcePropertiesCountIs(
      'AWS::ApiGateway::Method',
      { HttpMethod: 'ANY', Integration: { Type: 'AWS_PROXY' } },
      2,
    );
  });

  test('tells its address once, without a slash at the end', () => {
    const outputs: Record<string, { readonly Value: unknown }> = template.toJSON()['Outputs'];
    const addresses = Object.entries(outputs).filter(([, { Value }]) => JSON.stringify(Value).includes('execute-api'));
    expect(addresses.map(([name]) => name)).toEqual(['ApiUrl']);
    expect(JSON.stringify(addresses)).toMatch(/\/prod"\]\]\}\}\]\]$/);
  });
});

describe('the functions', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));

  test('run on Node 24 and arm64', () => {
    template.allResourcesProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  });

  test('have logs that expire', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    for (const { Properties } of functions) expect(Properties.LoggingConfig.LogGroup).toBeDefined();
  });

  test('those that machines and schedules of long ago call keep their names, as those that others are told of', () => {
    const names = functions.map(({ Properties }) => Properties.FunctionName).filter(Boolean);
    const told = ['Gofer-extension-reach', 'Gofer-extensions'];
    expect(names.sort()).toEqual([...told, 'Gofer-finish', 'Gofer-next', 'Gofer-schedule']);
  });

  test('are told the names of the steps', () => {
    const told = functions.map(({ Properties }) => Properties.Environment.Variables).filter((each) => each.GOFER_TABLE);
    expect(told.length).toBeGreaterThan(5);
    for (const each of told)
      expect(each).toMatchObject({ GOFER_NEXT_FUNCTION: 'Gofer-next', GOFER_FINISH_FUNCTION: 'Gofer-finish' });
  });

  test('that come every minute end before their next time', () => {
    const minutely = template.findResources('AWS::Events::Rule', {
      Properties: { ScheduleExpression: 'rate(1 minute)' },
    });
    const targets = Object.values(minutely).map(({ Properties }) => Properties.Targets[0].Arn['Fn::GetAtt'][0]);
    expect(targets.sort()).toEqual([expect.stringMatching(/^ControlSweep/), expect.stringMatching(/^ExtensionsFunc/)]);
    const all = template.findResources('AWS::Lambda::Function');
    expect(targets.map((name) => all[name]?.['Properties'].Timeout)).toEqual([55, 55]);
  });
});

describe('events', () => {
  test('of tasks come from this cluster, when they run and when they stopped', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change'],
        detail: {
          clusterArn: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^TasksCluster'), 'Arn'] }],
          lastStatus: ['RUNNING', 'STOPPED'],
        },
      },
    });
  });

  test('of executions come from the machines of the product, when they have closed', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [{ prefix: { 'Fn::Join': ['', Match.arrayWith([':stateMachine:gofer_'])] } }],
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
    });
  });

  test('that are lost, on the way or in a function, end in one queue', () => {
    const queue = { 'Fn::GetAtt': [Match.stringLikeRegexp('^LostEventsQueue'), 'Arn'] };
    template.allResourcesProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: queue }, RetryPolicy: Match.anyValue() })],
    });
    template.allResourcesProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: queue } },
      MaximumEventAgeInSeconds: 3600,
    });
    // Each function that a rule or a schedule invokes.
    const kept = Object.keys(template.findResources('AWS::Lambda::EventInvokeConfig'));
    for (const name of ['TaskStateChange', 'ExecutionStatusChange', 'Schedule', 'Sweep'].map(
      (each) => `Control${each}`,
    ))
      expect(kept).toContainEqual(expect.stringMatching(new RegExp(`^${name}EventInvokeConfig`)));
    expect(kept).toContainEqual(expect.stringMatching(/^ExtensionsFunctionEventInvokeConfig/));
  });
});

test('a pipeline of the CDK app becomes a machine with the compiled definition, logged without its data', () => {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const { StateMachineName, DefinitionString, LoggingConfiguration, RoleArn } = machine?.['Properties'] ?? {};
  expect(StateMachineName).toMatch(/^gofer_[0-9a-f]{12}_[0-9a-f]{32}$/);
  expect(Object.keys(JSON.parse(DefinitionString).States)).toEqual(
    expect.arrayContaining(pipeline.tasks.map(({ id }) => id)),
  );
  expect(LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
  expect(RoleArn['Fn::GetAtt'][0]).toMatch(/^MachinesRole/);
});
