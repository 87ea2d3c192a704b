/**
 * {@link Account} by the SDK's clients. Whoever needs it imports it when it is needed: they take a while to load.
 * Imported by name here, so that of each only the few commands used are bundled.
 */
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { GetAccountSettingsCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { resourcesOf } from '../../cli/aws/resources.ts';
import { awsError, clientOptions, readStack, type StackQuery } from '../../cli/aws/stack.ts';
import { once } from '../../once.ts';
import type { Account } from './account.ts';
import { takeInventory } from './inventory.ts';
import { subnetsOf } from './routes.ts';
import { readTold } from './told.ts';

export function openAccount(query: StackQuery): Account {
  const options = clientOptions(query);
  /** Errors of the SDK as sentences. */
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw awsError(error, query);
    }
  };
  /** Several checks read the same. */
  const environment = once(() =>
    told(async () => {
      const FunctionName = `${query.stack}-next`;
      const answer = await new LambdaClient(options).send(new GetFunctionConfigurationCommand({ FunctionName }));
      return readTold(answer.Environment?.Variables ?? {});
    }),
  );
  return {
    identity: () =>
      told(async () => {
        const { Account = '', Arn = '' } = await new STSClient(options).send(new GetCallerIdentityCommand());
        return { account: Account, arn: Arn };
      }),
    stack: once(() => readStack(query)),
    environment,
    fargateQuotas: once(() =>
      told(async () => {
        const client = new ServiceQuotasClient(options);
        const quotas = [];
        for await (const { Quotas = [] } of paginateListServiceQuotas({ client }, { ServiceCode: 'fargate' }))
          for (const { QuotaCode: code = '', QuotaName: name = '', Value: value = 0 } of Quotas)
            quotas.push({ code, name, value });
        return quotas;
      }),
    ),
    concurrency: () =>
      told(async () => {
        const { AccountLimit } = await new LambdaClient(options).send(new GetAccountSettingsCommand());
        const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: unreserved = all } = AccountLimit ?? {};
        return { all, unreserved };
      }),
    subnets: (ids) => told(() => subnetsOf(options, ids)),
    waiting: (QueueUrl) =>
      told(async () => {
        const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
        const { Attributes } = await new SQSClient({ ...options, useQueueUrlAsEndpoint: false }).send(ask);
        return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
      }),
    alarms: () =>
      told(async () => {
        const names = (await resourcesOf(query, 'AWS::CloudWatch::Alarm')).map(({ physicalId }) => physicalId);
        // Without names AWS would tell of every alarm of the account.
        if (names.length === 0) return { all: 0, gone: [] };
        const gone = [];
        const client = new CloudWatchClient(options);
        for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
          { client },
          { AlarmNames: names, StateValue: 'ALARM' },
        ))
          gone.push(
            ...MetricAlarms.map(({ AlarmName = '', AlarmDescription: description = AlarmName }) => ({ description })),
          );
        return { all: names.length, gone };
      }),
    inventory: () => told(async () => takeInventory(options, await environment())),
  };
}
