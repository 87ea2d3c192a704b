/** How a task gets at its image, from each subnet that it may start in. */
import { fail, ok, type Verdict, warn } from '../check.ts';

export type Subnet = {
  readonly id: string;
  /** Where 0.0.0.0/0 goes: `igw-…`, `nat-…`, `tgw-…`; absent: nowhere. */
  readonly gateway?: string;
  /** The gateway is gone. */
  readonly blackhole?: boolean;
  /** Services with an endpoint that this subnet reaches, short: `ecr.dkr`, `s3`. */
  readonly endpoints: readonly string[];
};

export type SubnetFacts = {
  /** Subnets that tasks are told to use. */
  readonly wanted: readonly string[];
  readonly found: readonly Subnet[];
  /** Tasks get a public address. */
  readonly publicIp: boolean;
};

/** What Fargate needs to start a container and keep its log (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html). */
const needed = ['ecr.api', 'ecr.dkr', 's3', 'logs'] as const;

export function judgeSubnets({ wanted, found, publicIp }: SubnetFacts): readonly Verdict[] {
  const gone = wanted.filter((id) => !found.some((subnet) => subnet.id === id));
  const verdicts = [
    ...gone.map((id) => fail(`the subnet ${id} does not exist any more`, 'deploy again: npx cdk deploy')),
    ...found.map((subnet) => judgeSubnet(subnet, publicIp)),
  ];
  const bad = verdicts.filter(({ status }) => status !== 'ok');
  return bad.length ? bad : [ok(`images can be pulled from all ${found.length} subnets`)];
}

function judgeSubnet({ id, gateway, blackhole, endpoints }: Subnet, publicIp: boolean): Verdict {
  if (blackhole)
    return fail(`the route to the internet of ${id} leads to ${gateway}, which is gone`, 'make its route table whole');
  if (gateway?.startsWith('igw-') && !publicIp)
    return fail(
      `${id} is a public subnet, but its tasks get no public address: no image can be pulled`,
      'set privateSubnets to false, or use a VPC whose private subnets have a NAT',
    );
  if (gateway) return ok(`${id} reaches the internet by ${gateway}`);
  const missing = needed.filter((service) => !endpoints.includes(service));
  if (missing.length)
    return fail(
      `${id} has no way to the internet and no endpoint for ${missing.join(', ')}: no image can be pulled`,
      'give it a NAT, or the endpoints',
    );
  const secrets = endpoints.includes('secretsmanager') ? '' : ', and secrets of Secrets Manager not at all';
  return warn(`${id} has no way to the internet: images can come from ECR of this region only${secrets}`);
}
