/** Quotas of the account that decide how many tasks run at once and how fast they start. */
import { fail, ok, type Verdict, warn } from '../check.ts';

export type Quota = { readonly code: string; readonly name: string; readonly value: number };

export type FargateFacts = {
  readonly quotas: readonly Quota[];
  readonly spot: boolean;
  /** CPU units of a task that names no size. */
  readonly cpu: number;
};

const codes = { onDemand: 'L-3032A538', spot: 'L-36FBB829' } as const;

/** Fewer tasks at once than this, and a fan-out of ten already waits. */
const few = 10;

export function judgeVcpus({ quotas, spot, cpu }: FargateFacts): Verdict {
  const code = spot ? codes.spot : codes.onDemand;
  const vcpus = quotas.find((quota) => quota.code === code)?.value;
  const kind = spot ? 'Fargate Spot' : 'Fargate On-Demand';
  if (vcpus === undefined) return warn(`Service Quotas doesn't tell the vCPUs of ${kind} (${code})`);
  const tasks = Math.floor(vcpus / (cpu / 1024));
  const says = `${vcpus} vCPUs of ${kind}: ${tasks} tasks of ${cpu / 1024} vCPU at once`;
  const next = request('fargate', code, Math.max(vcpus * 4, 64));
  if (tasks < 1) return fail(`${says}; not one task can start`, next);
  return tasks < few ? warn(`${says}; more wait until others end`, next) : ok(says);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html */
const documented = 20;

export function judgeLaunchRate({ quotas, spot }: Pick<FargateFacts, 'quotas' | 'spot'>): Verdict {
  const rates = quotas.filter(({ name }) => /rate/i.test(name) && /spot/i.test(name) === spot);
  const [lowest] = rates.sort((a, b) => a.value - b.value);
  if (!lowest) return ok(`${documented} launches a second, by AWS's documentation: Service Quotas shows no other`);
  const says = `${lowest.value} launches a second (${lowest.name})`;
  return lowest.value < documented
    ? warn(`${says}: a wide fan-out starts slowly`, request('fargate', lowest.code, documented))
    : ok(says);
}

/** A step function or a handler for each change of each task: below this, a busy minute is throttled. */
const enough = 100;

export function judgeConcurrency({ all, unreserved }: { readonly all: number; readonly unreserved: number }): Verdict {
  const says = `${unreserved} of ${all} Lambda functions at once are free for everybody`;
  const next = request('lambda', 'L-B99A9384', 1000);
  if (unreserved < 1) return fail(says, 'give back reserved concurrency of other functions');
  return unreserved < enough ? warn(`${says}: with many runs, answers come late`, next) : ok(says);
}

const request = (service: string, code: string, value: number) =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${value}`;
