/** The table on one machine: dynalite on disk, in this process. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { InvalidError } from '../errors.ts';
import { createDynamoTable, type Protocol, sweepIndex } from '../store/dynamo.ts';
import type { Table } from '../store/table.ts';
import { type Database, openDatabase } from './dynalite.ts';
import { rememberingTable } from './remembering-table.ts';

const tableName = 'gofer';

/** Opens (or creates) the table in the data folder `data`, or in memory without one. Only one process can hold it. */
export async function openTable(data?: string): Promise<{ table: Table; close(): Promise<void> }> {
  const path = data === undefined ? undefined : join(data, 'table');
  if (path !== undefined) await checkOpens(path);
  const { call, close } = openDatabase(path);
  await createTable(call);
  const protocol: Protocol = {
    getItem: (input) => call('getItem', input),
    batchGetItem: (input) => call('batchGetItem', input),
    query: (input) => call('query', input),
    putItem: (input) => call('putItem', input),
    updateItem: (input) => call('updateItem', input),
    deleteItem: (input) => call('deleteItem', input),
  };
  return { table: rememberingTable(createDynamoTable(protocol, tableName)), close };
}

/** dynalite ends the process, without a word of why, when its database can't be opened: that is found out before. */
async function checkOpens(path: string): Promise<void> {
  mkdirSync(path, { recursive: true });
  const database = new ClassicLevel(path);
  try {
    await database.open();
  } catch (error) {
    const { message } = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
    throw new InvalidError(`the table in ${path} can't be opened (${message}); is another server using it?`, {
      cause: error,
    });
  }
  await database.close();
}

async function createTable(call: Database['call']): Promise<void> {
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const index = { IndexName: sweepIndex, KeySchema: keys('sweep', 'pk'), Projection: { ProjectionType: 'KEYS_ONLY' } };
  try {
    await call('createTable', {
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [attribute('pk'), attribute('sk'), attribute('sweep')],
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [index],
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceInUseException')) throw error;
  }
  for (;;) {
    const { Table: table } = await call<{ Table?: { TableStatus?: string } }>('describeTable', {
      TableName: tableName,
    });
    if (table?.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
