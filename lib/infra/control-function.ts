/** A Lambda function of the control plane: arm64, bundled, with a role and a log group of its own. */
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from '../aws/environment.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export type ControlFunctionProps = {
  /** The file `lambdas/aws/<entry>.ts`. */
  readonly entry: string;
  /** A name that stays: machines that were compiled long ago call it. */
  readonly functionName?: string;
  readonly timeout: Duration;
  /** MiB. */
  readonly memorySize: number;
  readonly environment: Environment;
  /** For functions that events invoke: how often a failure is tried again, and where an event goes that was lost. */
  readonly events?: { readonly retryAttempts: number; readonly lost: IQueue };
};

export class ControlFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: ControlFunctionProps) {
    const { entry, functionName, events, environment, ...sizes } = props;
    const owner = new Construct(scope, `${id}Owned`);
    const logGroup = new LogGroup(owner, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(owner, 'Role', {
      description: `Gofer: ${entry} in ${Stack.of(scope).stackName}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grant(role, 'logs:CreateLogStream', 'logs:PutLogEvents');
    super(scope, id, {
      ...sizes,
      ...(functionName && { functionName }),
      entry: fromRoot(`lambdas/aws/${entry}.ts`),
      projectRoot: fromRoot('.'),
      depsLockFilePath: fromRoot('package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      ...(events && {
        retryAttempts: events.retryAttempts,
        maxEventAge: Duration.hours(1),
        onFailure: new SqsDestination(events.lost),
      }),
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        keepNames: true,
        sourceMap: true,
        sourcesContent: false,
        // The clients too: what was tested is what runs, whatever the runtime brings along.
        externalModules: [],
        // Packages in CommonJS expect a `require`.
        banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
  }
}
