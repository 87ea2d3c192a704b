/** The options of every command that works with the caller's AWS credentials. */
import type { Command } from 'commander';
import type { StackQuery } from './stack.ts';

/** As in the project's own CDK app. */
export const defaultStack = 'Gofer';

export const awsOptions = (command: Command): Command =>
  command
    .option('--stack <name>', 'the CloudFormation stack', defaultStack)
    .option('--region <region>', 'its region; else AWS_REGION or the profile says')
    .option('--profile <name>', 'a profile of ~/.aws/config; else AWS_PROFILE');

/** What {@link awsOptions} gives a command. */
export type AwsFlags = StackQuery;
