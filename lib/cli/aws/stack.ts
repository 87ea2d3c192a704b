/** The installation in an AWS account, as CloudFormation knows it: read with the caller's own credentials. */
import { GoferError } from '../../errors.ts';

/** Which stack, and how to get at it. What is absent comes from the environment and the AWS configuration files. */
export type StackQuery = {
  readonly stack: string;
  readonly region?: string;
  /** A profile of `~/.aws/config`. */
  readonly profile?: string;
};

export type DeployedStack = {
  readonly name: string;
  readonly region: string;
  /** `CREATE_COMPLETE`, `UPDATE_ROLLBACK_COMPLETE`… */
  readonly status: string;
  /** `ApiUrl`, `TableName`… */
  readonly outputs: Readonly<Record<string, string>>;
};

/** What went wrong between the command line and AWS, and what to do about it. */
export class AwsError extends GoferError {
  override readonly name = 'AwsError';
  readonly next: readonly string[];
  constructor(message: string, next: readonly string[], options?: ErrorOptions & { readonly code?: string }) {
    super(502, options?.code ?? 'aws', message, options);
    this.next = next;
  }
}

/** Throws {@link AwsError}: no credentials, no region, no such stack, or no permission to read it. */
export async function readStack(query: StackQuery): Promise<DeployedStack> {
  // Loaded only by the commands that talk to AWS: the others should start at once.
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(clientOptions(query));
  try {
    const region = await client.config.region();
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: query.stack }));
    const outputs = (found?.Outputs ?? []).flatMap(({ OutputKey, OutputValue }) =>
      OutputKey && OutputValue !== undefined ? [[OutputKey, OutputValue] as const] : [],
    );
    return {
      name: query.stack,
      region,
      status: found?.StackStatus ?? 'unknown',
      outputs: Object.fromEntries(outputs),
    };
  } catch (error) {
    throw awsError(error, query);
  } finally {
    client.destroy();
  }
}

/** Options that every client of the SDK takes. */
export function clientOptions({ region, profile }: Omit<StackQuery, 'stack'>, env = process.env) {
  // The AWS command line also reads AWS_DEFAULT_REGION, the SDK does not.
  const chosen = region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  return { ...(chosen && { region: chosen }), ...(profile && { profile }) };
}

/** An SDK's error as one sentence and the next step. Others come back as they are. */
export function awsError(error: unknown, { stack, region, profile }: Partial<StackQuery>): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message } = error;
  const failure = (text: string, ...next: string[]) => new AwsError(text, next, { cause: error });
  if (name === 'CredentialsProviderError' || /could not load credentials/i.test(message))
    return failure(
      profile ? `no AWS credentials for the profile "${profile}": ${message}` : 'no AWS credentials found',
      'sign in:            aws sso login, or aws configure',
      'choose a profile:   --profile NAME, AWS_PROFILE',
    );
  if (/region is missing/i.test(message))
    return failure('no AWS region is set', 'give one:   --region eu-central-1, AWS_REGION');
  if (/^Expired|TokenRefreshRequired|SSOTokenProviderError/.test(name) || name === 'InvalidClientTokenId')
    return failure(`the AWS credentials are not valid any more: ${message}`, 'sign in again:   aws sso login');
  if (/^AccessDenied|UnauthorizedOperation/.test(name))
    return new AwsError(`AWS refuses it: ${message}`, [], { cause: error, code: 'forbidden' });
  if (name === 'ValidationError' && /does not exist/.test(message) && stack)
    return failure(
      `there is no stack "${stack}"${region ? ` in ${region}` : ' in this account and region'}`,
      'deploy it:            npx cdk deploy',
      'or name another one:  --stack NAME --region REGION',
    );
  // What the SDK says when the answer says nothing.
  if (message === 'UnknownError') return failure(`AWS answered with status ${statusOf(error)} and did not say why`);
  return error;
}

function statusOf(error: Error): number | string {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 'unknown';
}
