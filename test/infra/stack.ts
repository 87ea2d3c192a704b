/** The stack of the CDK app, synthesized once: bundling is left out, it has a test of its own. */
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Gofer } from '../../lib/infra/gofer.ts';
import { Pipeline } from '../../lib/infra/pipeline.ts';
import type { GoferProps } from '../../lib/infra/props.ts';
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

export const pipeline = checkPipeline({
  id: 'night-build',
  tasks: [
    { id: 'fetch', image: 'busybox' },
    { id: 'build', image: 'busybox', depends_on: { fetch: 'success' } },
  ],
});

/** Each setting with a value that is not its default, but for `vpcId`, which excludes `vpc`. A new one has to come in here. */
export const everySetting = (stack: Stack): Required<Omit<GoferProps, 'vpcId'>> => ({
  vpc: Vpc.fromVpcAttributes(stack, 'Theirs', {
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    availabilityZones: ['eu-central-1a'],
    privateSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
  }),
  privateSubnets: true,
  spot: true,
  cpu: 512,
  memory: 2048,
  architecture: 'arm64',
  defaultTimeout: '1h',
  maxTimeout: '2d',
  logRetention: 90,
  pipelineObjects: 10,
  runObjects: 5,
  runLogs: 20,
  removalPolicy: 'destroy',
  alarmEmail: 'team@example.com',
  permissionsBoundary: 'team/boundary',
  taskRoles: ['reports-*', 'arn:aws:iam::123456789012:role/team/reader'],
  attach: true,
  secretStore: 'parameter-store',
  // Off, there is less of everything.
  accessLogs: true,
  extensions: true,
  throttle: { rate: 7, burst: 9 },
  maxStreams: 50,
});

/** The template of a stack with these settings; without any, what `npx cdk deploy` installs. */
export function templateOf(
  props: GoferProps | ((stack: Stack) => GoferProps) = {},
  ...pipelines: PipelineConfig[]
): Template {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Gofer');
  const gofer = new Gofer(stack, 'Default', typeof props === 'function' ? props(stack) : props);
  for (const config of pipelines) new Pipeline(gofer, config.id, config);
  return Template.fromStack(stack);
}

export const template = templateOf({}, pipeline);

export type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
};

/** All that the roles whose logical id matches may do. */
export function statementsOf(role: RegExp, of: Template = template): Statement[] {
  return Object.values(of.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => role.test(Ref)))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

export const actionsOf = ({ Action }: Statement) => [Action].flat();

/** The statement that allows the action, which must be one. */
export function allowing(statements: Statement[], action: string): Statement {
  const [found, second] = statements.filter((statement) => actionsOf(statement).includes(action));
  if (!found || second) throw new Error(`${found ? 'more than one statement allows' : 'nothing allows'} ${action}`);
  return found;
}
