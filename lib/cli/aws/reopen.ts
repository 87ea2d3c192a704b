/** The way back to a first token, with the caller's own rights in the account. To be imported when needed. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { reopenBootstrap } from '../../access/tokens.ts';
import { createBootstrapCode } from '../../aws/bootstrap-code.ts';
import { dynamoProtocol } from '../../aws/dynamo.ts';
import { createDynamoTable } from '../../store/dynamo.ts';
import { awsError, clientOptions, type StackQuery } from './stack.ts';

/** The code first: once the installation is open again, nobody gets in without one. Each step may be repeated. */
export async function reopen(parameter: string, table: string, query: StackQuery): Promise<void> {
  const options = clientOptions(query);
  try {
    await createBootstrapCode(parameter, options).create();
    const home = { table: createDynamoTable(dynamoProtocol(new DynamoDBClient(options)), table), now: Date.now };
    await reopenBootstrap(home);
  } catch (error) {
    throw awsError(error, query);
  }
}
