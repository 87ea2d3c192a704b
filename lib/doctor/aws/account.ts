/** What the checks ask AWS, with the caller's own credentials. Tests bring their own. */
import type { DeployedStack } from '../../cli/aws/stack.ts';
import type { AlarmFacts } from './alarms.ts';
import type { Inventory } from './orphans.ts';
import type { Quota } from './quotas.ts';
import type { Subnet } from './subnets.ts';
import type { Told } from './told.ts';

export type Account = {
  identity(): Promise<{ readonly account: string; readonly arn: string }>;
  stack(): Promise<DeployedStack>;
  /** What the stack tells its functions. */
  environment(): Promise<Told>;
  /** All quotas of Fargate. */
  fargateQuotas(): Promise<readonly Quota[]>;
  /** How many Lambda functions may run at once, and how many of that nobody has reserved. */
  concurrency(): Promise<{ readonly all: number; readonly unreserved: number }>;
  /** Of these subnets those that exist, with their routes and the endpoints that they reach. */
  subnets(ids: readonly string[]): Promise<readonly Subnet[]>;
  /** About how many messages wait in the queue. */
  waiting(queueUrl: string): Promise<number>;
  /** How many alarms the stack has, and those that have gone off. */
  alarms(): Promise<AlarmFacts>;
  /** What was made at run time, and what the table knows of it. */
  inventory(): Promise<Inventory>;
};
