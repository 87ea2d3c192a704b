/**
 * The table on one machine: dynalite (the DynamoDB protocol on LevelDB) on disk, in this process. Calls reach it without
 * a socket: the SDK's request goes straight into dynalite's request listener, which halves the time of a call.
 */
import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite, { type DynaliteServer } from 'dynalite';
import { createDynamoTable, sweepIndex } from '../store/dynamo.ts';
import type { Table } from '../store/table.ts';

const tableName = 'gofer';

/** Opens (or creates) the table in the data folder `data`, or in memory without one. Only one process can hold it. */
export async function openTable(data?: string): Promise<{ table: Table; close(): Promise<void> }> {
  if (data !== undefined) mkdirSync(data, { recursive: true });
  const server = dynalite({ createTableMs: 0, ...(data !== undefined && { path: join(data, 'table') }) });
  const connection = inProcess(server);
  const client = new DynamoDBClient({
    endpoint: 'http://dynalite.invalid',
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: connection,
    signer: { sign: async (request) => Object.assign(request, { headers: { ...request.headers, ...unsigned } }) },
    maxAttempts: 1,
  });
  await createTable(client);
  return {
    table: createDynamoTable(client, tableName),
    /** Calls under way end first. Later ones are never answered, as if the process had been killed: whoever made them is repaired like that. */
    async close() {
      await connection.drain();
      await new Promise<void>((resolve, reject) =>
        closeDatabase(server, (error) => (error ? reject(error) : resolve())),
      );
    },
  };
}

/** dynalite wants to see a signature, but checks none. */
const unsigned = {
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none',
  'x-amz-date': '20200101T000000Z',
};

type HttpRequest = { method: string; path: string; headers: Record<string, string>; body?: unknown };

type HttpResponse = { statusCode: number; headers: Record<string, string>; body: Readable };

function inProcess(server: DynaliteServer) {
  let open = true;
  const underWay = new Set<Promise<unknown>>();
  return {
    handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
      if (!open) return new Promise(() => {});
      const answer = send(server, request);
      underWay.add(answer);
      void answer.then(() => underWay.delete(answer));
      return answer;
    },
    async drain() {
      open = false;
      await Promise.all(underWay);
    },
    destroy: () => undefined,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function send(server: DynaliteServer, request: HttpRequest): Promise<{ response: HttpResponse }> {
  return new Promise((resolve) => {
    const incoming = Object.assign(new EventEmitter(), {
      method: request.method,
      url: request.path,
      headers: request.headers,
    });
    const headers: Record<string, string> = {};
    const outgoing = {
      statusCode: 200,
      setHeader: (name: string, value: unknown) => {
        headers[name.toLowerCase()] = String(value);
      },
      end: (body = '') =>
        resolve({
          response: { statusCode: outgoing.statusCode, headers, body: Readable.from([Buffer.from(body)]) },
        }),
    };
    server.emit('request', incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse);
    incoming.emit('data', bytes(request.body));
    incoming.emit('end');
  });
}

const bytes = (body: unknown): Buffer =>
  body instanceof Uint8Array
    ? Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    : Buffer.from(typeof body === 'string' ? body : '');

async function createTable(client: DynamoDBClient): Promise<void> {
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' }) as const;
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [attribute('pk'), attribute('sk'), attribute('sweep')],
        KeySchema: keys('pk', 'sk'),
        GlobalSecondaryIndexes: [
          { IndexName: sweepIndex, KeySchema: keys('sweep', 'pk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  for (;;) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (table?.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** dynalite closes its database with its server, which here never listened; closing a server that doesn't listen is an error to Node only. */
function closeDatabase(server: DynaliteServer, done: (error?: Error) => void): void {
  server.listen(0, '127.0.0.1', () => server.close(done));
}
