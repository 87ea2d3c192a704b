/** List prices of us-east-1 in US dollars, November 2026, and what each account has free for ever. */
export type Price = {
  /** Dollars for one of it, a month. */
  readonly list: number;
  /** So many of it are free. */
  readonly free: number;
};

export const hours = 730;

/** A month of the resource by its mere existence. A type that is not here is one that nobody has looked up yet. */
export const resourcePrices: Readonly<Record<string, Price>> = {
  'AWS::CloudWatch::Dashboard': { list: 3, free: 3 },
  'AWS::SecretsManager::Secret': { list: 0.4, free: 0 },
  'AWS::KMS::Key': { list: 1, free: 0 },
  'AWS::EC2::NatGateway': { list: 0.045 * hours, free: 0 },
  'AWS::EC2::EIP': { list: 0.005 * hours, free: 0 },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { list: 0.0225 * hours, free: 0 },
};

/** Paid by use alone: nothing for being there. */
export const costsNothing: readonly RegExp[] = [
  /^AWS::ApiGateway::/,
  /^AWS::CDK::Metadata$/,
  /^AWS::CloudFormation::CustomResource$/,
  /^AWS::DynamoDB::Table$/,
  /^AWS::EC2::(InternetGateway|Route|RouteTable|SecurityGroup|SecurityGroupIngress|Subnet|SubnetRouteTableAssociation|VPC|VPCGatewayAttachment)$/,
  /^AWS::ECS::(Cluster|ClusterCapacityProviderAssociations|TaskDefinition)$/,
  /^AWS::Events::/,
  /^AWS::IAM::/,
  /^AWS::Lambda::(Function|Permission|EventInvokeConfig|LayerVersion)$/,
  /^AWS::Logs::LogGroup$/,
  /^AWS::Logs::ResourcePolicy$/,
  /^AWS::S3::(Bucket|BucketPolicy)$/,
  /^AWS::SNS::/,
  /^AWS::SQS::/,
  /^AWS::Scheduler::ScheduleGroup$/,
  /^AWS::StepFunctions::StateMachine$/,
  /^Custom::/,
];

/** A metric that an alarm looks at, a month: one of two metrics costs twice as much. */
export const alarmMetric: Price = { list: 0.1, free: 10 };

/** An interface endpoint in one zone, a month; gateway endpoints cost nothing. */
export const interfaceEndpoint = 0.01 * hours;

/** For one: a request, a gigabyte-second on arm64, a read unit, a gigabyte of log, a metric for a month, a trace. */
export const usePrices = {
  invocations: { list: 0.2 / 1e6, free: 1e6 },
  gigabyteSeconds: { list: 0.0000133334, free: 400_000 },
  reads: { list: 0.125 / 1e6, free: 0 },
  logGigabytes: { list: 0.5, free: 5 },
  metrics: { list: 0.3, free: 10 },
  traces: { list: 5 / 1e6, free: 100_000 },
} as const satisfies Readonly<Record<string, Price>>;

export const cost = (amount: number, { list, free }: Price) => ({
  list: amount * list,
  paid: Math.max(0, amount - free) * list,
});
