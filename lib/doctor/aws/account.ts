/** What the checks ask AWS, with the caller's own credentials. Tests bring their own. */
import type { Environment } from '../../aws/environment.ts';
import type { DeployedStack } from '../../cli/aws/stack.ts';
import type { Inventory } from './orphans.ts';
import type { Quota } from './quotas.ts';
import type { Subnet } from './subnets.ts';

export type Account = {
  identity(): Promise<{ readonly account: string; readonly arn: string }>;
  stack(): Promise<DeployedStack>;
  /** What the stack tells its functions. */
  environment(): Promise<Environment>;
  /** All quotas of Fargate. */
  fargateQuotas(): Promise<readonly Quota[]>;
  /** How many Lambda functions may run at once, and how many of that nobody has reserved. */
  concurrency(): Promise<{ readonly all: number; readonly unreserved: number }>;
  /** Of these subnets those that exist, with their routes and the endpoints that they reach. */
  subnets(ids: readonly string[]): Promise<readonly Subnet[]>;
  /** About how many messages wait in the queue. */
  waiting(queueUrl: string): Promise<number>;
  /** What was made at run time, and what the table knows of it. */
  inventory(): Promise<Inventory>;
};
