/**
 * The role that API Gateway writes logs with: one for all APIs of an account and region, without which a stage with
 * access logs is refused. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from '@aws-sdk/client-api-gateway';
import { patient } from './retry.ts';

export type GatewayLogging = {
  /** Sets the role where there is none, or `old`; another one does as well and stays. */
  offer(roleArn: string, old?: string): Promise<void>;
  /** Takes the role away where it is this one. */
  withdraw(roleArn: string): Promise<void>;
};

export function createGatewayLogging(client = new APIGatewayClient(patient())): GatewayLogging {
  const role = async () => (await client.send(new GetAccountCommand({}))).cloudwatchRoleArn || undefined;
  const set = (value: string) =>
    client.send(new UpdateAccountCommand({ patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value }] }));
  return {
    async offer(roleArn, old) {
      const now = await role();
      if (!now || now === old) await set(roleArn);
    },
    async withdraw(roleArn) {
      if ((await role()) === roleArn) await set('');
    },
  };
}
