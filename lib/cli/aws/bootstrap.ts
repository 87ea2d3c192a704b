/** The first token of an installation on AWS: whoever may read the stack's one-time code in the account gets it. */
import { bootstrapParameter } from '../../aws/bootstrap-parameter.ts';
import { ApiError } from '../../client/errors.ts';
import type { Session } from '../session.ts';
import { AwsError, awsError, clientOptions, type DeployedStack, readStack, type StackQuery } from './stack.ts';

/**
 * `api_base_url` given by hand beats the stack's: a domain of one's own, a tunnel. With `again` the token that there is,
 * and that nobody has any more, gives way to another.
 */
export async function bootstrapOnAws(session: Session, query: StackQuery, again = false) {
  const stack = await readStack(query);
  const { config, sources } = session.resolved;
  const api_base_url = sources.api_base_url === 'flag' ? config.api_base_url : outputOf(stack, 'ApiUrl');
  const parameter = bootstrapParameter(stack.name);
  if (again) {
    const { reopen } = await import('./reopen.ts');
    await reopen(parameter, outputOf(stack, 'TableName'), { ...query, region: stack.region });
  }
  const code = await codeOf(parameter, { ...query, region: stack.region });
  try {
    return { ...(await session.at(api_base_url).client.tokens.bootstrap(code)), api_base_url };
  } catch (error) {
    if (error instanceof ApiError && error.status === 409)
      throw new AwsError('the first token has been made already; use it, or a token made with it', [
        'if it is lost, replace it:   gofer token bootstrap --aws --again',
      ]);
    if (!(error instanceof ApiError && error.status === 403) || code) throw error;
    throw new AwsError(`the one-time code ${parameter} is gone, and no token has been made with it`, [
      'put a new one there, and try again:',
      `aws ssm put-parameter --type SecureString --name ${parameter} --value "$(openssl rand -base64 32)"`,
    ]);
  }
}

function outputOf({ name, outputs }: DeployedStack, output: 'ApiUrl' | 'TableName'): string {
  const value = outputs[output];
  if (value) return value;
  throw new AwsError(`the stack "${name}" has no output ${output}: it is not an installation of Gofer`, [
    'name the right one:   --stack NAME --region REGION',
  ]);
}

/** `undefined`: it has been used, or somebody removed it; the API knows which. */
async function codeOf(parameter: string, query: StackQuery): Promise<string | undefined> {
  const { createBootstrapCode } = await import('../../aws/bootstrap-code.ts');
  try {
    return await createBootstrapCode(parameter, clientOptions(query)).read();
  } catch (error) {
    throw awsError(error, query);
  }
}
