/** The stack: is it whole, and does it tell what the command line needs? */
import type { DeployedStack } from '../../cli/aws/stack.ts';
import { fail, ok, type Verdict, warn } from '../check.ts';

const needed = ['ApiUrl', 'TableName', 'ClusterName', 'LostEventsQueueUrl'] as const;

export function judgeStack({ name, region, status, outputs }: DeployedStack): readonly Verdict[] {
  const missing = needed.filter((output) => !outputs[output]);
  if (missing.length)
    return [fail(`the stack "${name}" has no output ${missing.join(', ')}`, 'deploy this version: npx cdk deploy')];
  return [judgeStatus(name, region, status)];
}

function judgeStatus(name: string, region: string, status: string): Verdict {
  const says = `the stack "${name}" in ${region} is ${status}`;
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok(says);
  const events = `see why: aws cloudformation describe-stack-events --stack-name ${name} --region ${region}`;
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return warn(`${says}: the last update failed, and what was before it runs`, events);
  if (/_IN_PROGRESS$/.test(status)) return warn(says, 'wait until it has ended, then ask again');
  return fail(says, events);
}

/** The command line talks to the API that the stack made. */
export function judgeAddress({ stack, url }: { readonly stack: DeployedStack; readonly url: string }): Verdict {
  const api = stack.outputs['ApiUrl'] ?? '';
  return url.replace(/\/+$/, '') === api
    ? ok('the command line uses the API of this stack')
    : warn(
        `the command line uses ${url}, the stack's API is ${api}`,
        `export GOFER_API_BASE_URL=${api}; leave it if the other is a domain of your own`,
      );
}
