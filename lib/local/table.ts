/**
 * The table on one machine: dynalite (the DynamoDB protocol on LevelDB) on disk, in this process. Calls reach it without
 * a socket or a client: the protocol's JSON goes straight into dynalite's request listener, a quarter of a call's time.
 */
import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import dynalite, { type DynaliteServer } from 'dynalite';
import { InvalidError } from '../errors.ts';
import { createDynamoTable, type Protocol, sweepIndex } from '../store/dynamo.ts';
import type { Table } from '../store/table.ts';
import { takeFewerTrips } from './level.ts';
import { rememberingTable } from './remembering-table.ts';

const tableName = 'gofer';

takeFewerTrips();

/** Opens (or creates) the table in the data folder `data`, or in memory without one. Only one process can hold it. */
export async function openTable(data?: string): Promise<{ table: Table; close(): Promise<void> }> {
  if (data !== undefined) await checkOpens(join(data, 'table'));
  const server = dynalite({ createTableMs: 0, ...(data !== undefined && { path: join(data, 'table') }) });
  const connection = connect(server);
  await createTable(connection.call);
  return {
    table: rememberingTable(createDynamoTable(protocolOf(connection.call), tableName)),
    /** Calls under way end first. Later ones are never answered, as if the process had been killed: whoever made them is repaired like that. */
    async close() {
      await connection.drain();
      await new Promise<void>((resolve, reject) =>
        closeDatabase(server, (error) => (error ? reject(error) : resolve())),
      );
    },
  };
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

type CallOperation = <T>(operation: string, input: object) => Promise<T>;

const protocolOf = (call: CallOperation): Protocol => ({
  getItem: (input) => call('GetItem', input),
  batchGetItem: (input) => call('BatchGetItem', input),
  query: (input) => call('Query', input),
  putItem: (input) => call('PutItem', input),
  updateItem: (input) => call('UpdateItem', input),
  deleteItem: (input) => call('DeleteItem', input),
});

function connect(server: DynaliteServer): { call: CallOperation; drain(): Promise<void> } {
  let open = true;
  const underWay = new Set<Promise<unknown>>();
  return {
    call<T>(operation: string, input: object) {
      if (!open) return new Promise<T>(() => {});
      const answer = send(server, operation, JSON.stringify(input));
      underWay.add(answer);
      return answer.then(({ status, body }) => {
        underWay.delete(answer);
        const parsed: unknown = JSON.parse(body);
        if (status !== 200) throw failure(parsed);
        return parsed as T;
      });
    },
    async drain() {
      open = false;
      await Promise.all(underWay);
    },
  };
}

/** dynalite wants to see a signature, but checks none. */
const headers = (operation: string) => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': `DynamoDB_20120810.${operation}`,
  'x-amz-date': '20200101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none',
});

function send(server: DynaliteServer, operation: string, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const request = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers: headers(operation) });
    const response = {
      statusCode: 200,
      setHeader: () => undefined,
      end: (answer = '{}') => resolve({ status: response.statusCode, body: answer }),
    };
    server.emit('request', request as unknown as IncomingMessage, response as unknown as ServerResponse);
    request.emit('data', Buffer.from(body));
    request.emit('end');
  });
}

/** An error of the protocol carries its name behind a `#`. */
function failure(body: unknown): Error {
  const {
    __type = '',
    message = '',
    Message = message,
  } = body as { __type?: string; message?: string; Message?: string };
  const error = new Error(Message);
  error.name = __type.slice(__type.indexOf('#') + 1);
  return error;
}

async function createTable(call: CallOperation): Promise<void> {
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const index = { IndexName: sweepIndex, KeySchema: keys('sweep', 'pk'), Projection: { ProjectionType: 'KEYS_ONLY' } };
  try {
    await call('CreateTable', {
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
    const { Table: table } = await call<{ Table?: { TableStatus?: string } }>('DescribeTable', {
      TableName: tableName,
    });
    if (table?.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** dynalite closes its database with its server, which here never listened; closing a server that doesn't listen is an error to Node only. */
function closeDatabase(server: DynaliteServer, done: (error?: Error) => void): void {
  server.listen(0, '127.0.0.1', () => server.close(done));
}
