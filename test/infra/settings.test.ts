import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, test } from 'vitest';
import { Gofer } from '../../lib/infra/gofer.ts';
import type { GoferProps } from '../../lib/infra/props.ts';
import { checkSettings, readAppSettings, SettingsError } from '../../lib/infra/settings.ts';

/** What the settings of cdk.json are refused with. */
function refusalOf(context: unknown): string {
  try {
    const { stackName: _, pipelines: __, ...props } = readAppSettings(context);
    checkSettings(props);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('without any setting everything has its default', () => {
  expect(checkSettings({})).toMatchObject({
    size: { cpu: 256, memory: 512 },
    architecture: 'x86_64',
    defaultTimeout: 86_400,
    maxTimeout: 604_800,
    attach: false,
    logRetention: 30,
    removalPolicy: 'retain',
    spot: false,
    throttle: { rate: 100, burst: 200 },
  });
  expect(readAppSettings(undefined)).toEqual({ stackName: 'Gofer' });
});

test('cdk.json and the command line set the same', () => {
  const settings = { stackName: 'Jobs', spot: true, defaultTimeout: '2h' };
  expect(readAppSettings(settings)).toEqual(settings);
  expect(readAppSettings(JSON.stringify(settings))).toEqual(settings);
});

test('a size follows from its half, and a default time-out from a shorter limit', () => {
  expect(checkSettings({ memory: 4096 }).size).toEqual({ cpu: 512, memory: 4096 });
  expect(checkSettings({ maxTimeout: '1h' }).defaultTimeout).toBe(3600);
});

test('Spot runs arm64 too', () => {
  expect(checkSettings({ spot: true, architecture: 'arm64' })).toMatchObject({ spot: true, architecture: 'arm64' });
});

describe('what can’t be is refused with its name, its value and what is allowed', () => {
  test.each<[unknown, string]>([
    [{ privateSubnet: true }, 'unknown field "privateSubnet"; did you mean "privateSubnets"?'],
    [{ privateSubnets: true }, 'privateSubnets is true without an existing VPC'],
    [{ logRetention: 42 }, 'logRetention is the number 42; allowed: 1, 3, 5, 7, 14, 30'],
    [{ cpu: 256, memory: 8192 }, 'memory 8192 does not go with cpu 256; allowed: 512, 1024, 2048 MiB'],
    [{ cpu: 300 }, 'cpu 300 is not a Fargate size; allowed: 256, 512'],
    [{ maxTimeout: '8d' }, 'maxTimeout is 8d; allowed: 1s to 7d'],
    [{ defaultTimeout: '2h', maxTimeout: '1h' }, 'defaultTimeout is 2h, maxTimeout 1h'],
    [{ removalPolicy: 'delete' }, 'removalPolicy is "delete"; allowed: retain, destroy'],
    [{ architecture: 'amd64' }, 'architecture is "amd64"; allowed: x86_64, arm64; did you mean "x86_64"?'],
    [{ alarmEmail: 'nobody' }, 'alarmEmail is "nobody"; allowed: an e-mail address'],
    [{ taskRoles: ['*'] }, 'taskRoles[0] is "*"; allowed: the name or the ARN of an IAM role, or how several begin'],
    [{ taskRoles: 'reports' }, 'taskRoles is "reports"; must be a list'],
    [{ taskRoles: ['re*ports'] }, 'taskRoles[0] is "re*ports"'],
    [{ vpcId: 'main' }, 'vpcId is "main"; allowed: the id of a VPC'],
    [{ throttle: { rate: 100, burst: 50 } }, 'throttle.burst is 50, throttle.rate 100'],
    [{ stackName: '1st' }, 'stackName is "1st"; allowed: a letter, then'],
    [{ spot: 'yes' }, 'spot is "yes"; must be true or false'],
    ['{spot', 'gofer is "{spot", which is not JSON'],
  ])('%j', (context, message) => {
    expect(refusalOf(context)).toContain(message);
  });

  test('all at once', () => {
    expect(refusalOf({ spot: 1, logRetention: 2 })).toMatch(/spot is .*\n.*logRetention is/);
  });
});

describe('an existing VPC', () => {
  const stackWith = (props: (stack: Stack) => GoferProps) => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new Stack(app, 'Gofer');
    return () => new Gofer(stack, 'Gofer', props(stack));
  };
  const imported = (stack: Stack, subnets: object) =>
    Vpc.fromVpcAttributes(stack, 'Existing', { vpcId: 'vpc-12345678', availabilityZones: ['a'], ...subnets });

  test('takes tasks into its private subnets, without public addresses', () => {
    const { control } = stackWith((stack) => ({
      vpc: imported(stack, { publicSubnetIds: ['subnet-open'], privateSubnetIds: ['subnet-closed'] }),
      privateSubnets: true,
    }))();
    expect(control.environment).toMatchObject({ GOFER_SUBNETS: 'subnet-closed', GOFER_PUBLIC_IP: 'DISABLED' });
  });

  test('must have subnets of the wanted kind', () => {
    const without = stackWith((stack) => ({
      vpc: imported(stack, { publicSubnetIds: ['subnet-open'] }),
      privateSubnets: true,
    }));
    expect(without).toThrow('privateSubnets is true, but the VPC has no private subnets; set it to false');
  });

  test('is looked up only where account and region are known', () => {
    expect(stackWith(() => ({ vpcId: 'vpc-12345678' }))).toThrow(/vpcId is "vpc-12345678".*without account and region/);
  });
});

test('what is set reaches the functions', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const { control } = new Gofer(new Stack(app, 'Gofer'), 'Gofer', {
    spot: true,
    cpu: 1024,
    architecture: 'arm64',
    defaultTimeout: '2h',
    maxTimeout: '1d',
  });
  expect(control.environment).toMatchObject({
    GOFER_CAPACITY_PROVIDER: 'FARGATE_SPOT',
    GOFER_DEFAULT_CPU: '1024',
    GOFER_DEFAULT_MEMORY: '2048',
    GOFER_DEFAULT_ARCHITECTURE: 'arm64',
    GOFER_DEFAULT_TIMEOUT: '7200',
    GOFER_MAX_TIMEOUT: '86400',
  });
});

test('a stack holds one installation, for names are made from its own', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Gofer');
  new Gofer(stack, 'One');
  expect(() => new Gofer(stack, 'Two')).toThrow(
    'stack Gofer holds Gofer twice, Gofer/One and Gofer/Two; allowed: one a stack',
  );
});
