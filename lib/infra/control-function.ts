/** A Lambda function of the control plane: arm64, bundled, with a role and a log group of its own. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from '../aws/environment.ts';
import { functionCode } from './function-code.ts';
import { retentionOf } from './retention.ts';
import type { Settings } from './settings.ts';

export type ControlFunctionProps = {
  /** The file `lambdas/aws/<entry>.ts`. */
  readonly entry: string;
  /** A name that stays: machines that were compiled long ago call it. */
  readonly functionName?: string;
  readonly timeout: Duration;
  /** MiB. */
  readonly memorySize: number;
  /** Absent for a function that works on nothing of the installation's. */
  readonly environment?: Environment;
  /** Absent: it runs outside of any VPC. */
  readonly network?: Pick<FunctionProps, 'vpc' | 'vpcSubnets' | 'securityGroups' | 'allowPublicSubnet'>;
  /** At most so many at once, set aside for it from the account's. */
  readonly reservedConcurrentExecutions?: number;
  readonly settings: Settings;
  /** For functions that events invoke: how often a failure is tried again, and where an event goes that was lost. */
  readonly events?: { readonly retryAttempts: number; readonly lost: IQueue };
};

/**
 * Lambda gives a function its address with the function's own role, by calls that can't be narrowed to a resource; so they
 * are taken away again from the function's code, whose requests alone name the function that they come from.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function addressesByLambda(): PolicyStatement[] {
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const fromCode = { Null: { 'lambda:SourceFunctionArn': 'false' } };
  return [
    new PolicyStatement({ actions, resources: ['*'] }),
    new PolicyStatement({ effect: Effect.DENY, actions, resources: ['*'], conditions: fromCode }),
  ];
}

export class ControlFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: ControlFunctionProps) {
    const { entry, functionName, events, environment, settings, network, ...sizes } = props;
    const owner = new Construct(scope, `${id}Owned`);
    const logGroup = new LogGroup(owner, 'Logs', {
      retention: retentionOf(settings),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(owner, 'Role', {
      description: `Gofer: ${entry} in ${Stack.of(scope).stackName}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grant(role, 'logs:CreateLogStream', 'logs:PutLogEvents');
    if (network) for (const statement of addressesByLambda()) role.addToPolicy(statement);
    super(scope, id, {
      ...sizes,
      ...network,
      ...(functionName && { functionName }),
      code: functionCode(entry),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own tracing: the SDK that traces calls within would double the time a function takes to load.
      tracing: Tracing.ACTIVE,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      ...(events && {
        retryAttempts: events.retryAttempts,
        maxEventAge: Duration.hours(1),
        onFailure: new SqsDestination(events.lost),
      }),
    });
  }
}
