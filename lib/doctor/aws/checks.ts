/** What `gofer doctor --aws` looks at: first who asks and what is deployed, then all that hangs on it. */
import { type ApiFacts, judgeApi, judgeToken } from '../api.ts';
import { type Check, check, ok } from '../check.ts';
import { judgeClock } from '../clock.ts';
import type { Account } from './account.ts';
import { judgeAlarms } from './alarms.ts';
import { judgeLostEvents } from './lost-events.ts';
import { judgeOrphans } from './orphans.ts';
import { judgeConcurrency, judgeLaunchRate, judgeVcpus } from './quotas.ts';
import { judgeAddress, judgeStack } from './stack.ts';
import { judgeSubnets } from './subnets.ts';

export type AwsChecks = {
  readonly account: Account;
  /** The API at this address. */
  readonly api: (url: string) => Promise<ApiFacts>;
  /** The address that the command line uses; `chosen`: somebody said so. */
  readonly url: string;
  readonly chosen: boolean;
};

export const awsChecks = ({ account, api, url, chosen }: AwsChecks): readonly (readonly Check[])[] => {
  const stackApi = async () => api(chosen ? url : ((await account.stack()).outputs['ApiUrl'] ?? url));
  const fargate = async () => {
    const [quotas, environment] = await Promise.all([account.fargateQuotas(), account.environment()]);
    return {
      quotas,
      spot: environment.GOFER_CAPACITY_PROVIDER === 'FARGATE_SPOT',
      cpu: Number(environment.GOFER_DEFAULT_CPU),
    };
  };
  return [
    [
      check(
        'credentials',
        () => account.identity(),
        ({ arn }) => ok(arn),
      ),
    ],
    [check('stack', () => account.stack(), judgeStack)],
    [
      check('address', async () => ({ stack: await account.stack(), url }), judgeAddress),
      check('API', stackApi, (facts) => judgeApi(facts, 'see the log of the function Control/Api of the stack')),
      check('token', stackApi, (facts) => judgeToken(facts, 'gofer token bootstrap --aws')),
      check('clock', stackApi, judgeClock),
      check('vCPUs', fargate, judgeVcpus),
      check('launch rate', fargate, judgeLaunchRate),
      check('concurrency', () => account.concurrency(), judgeConcurrency),
      check('image path', () => subnetFacts(account), judgeSubnets),
      check('alarms', () => account.alarms(), judgeAlarms),
      check('lost events', () => waiting(account), judgeLostEvents),
      check('orphans', () => account.inventory(), judgeOrphans),
    ],
  ];
};

async function subnetFacts(account: Account) {
  const { GOFER_SUBNETS, GOFER_PUBLIC_IP } = await account.environment();
  const wanted = GOFER_SUBNETS.split(',');
  return { wanted, found: await account.subnets(wanted), publicIp: GOFER_PUBLIC_IP === 'ENABLED' };
}

const waiting = async (account: Account): Promise<number> =>
  account.waiting((await account.stack()).outputs['LostEventsQueueUrl'] ?? '');
