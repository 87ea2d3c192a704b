/** The table on DynamoDB. One client serves both homes: on one machine its endpoint is dynalite. */
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Expression } from './expression.ts';
import type { Item, Key, Table } from './table.ts';

/** Name of the sparse index that finds what the sweep looks after: hash `sweep`, range `pk`, keys only. */
export const sweepIndex = 'sweep';

/** BatchGetItem takes at most 100 keys. */
const batchSize = 100;

export function createDynamoTable(client: DynamoDBClient, tableName: string): Table {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const TableName = tableName;

  return {
    async get(key) {
      const { Item } = await documents.send(new GetCommand({ TableName, Key: keyOf(key), ConsistentRead: true }));
      return Item as Item | undefined;
    },
    async getMany(keys) {
      const found = new Map<string, Item>();
      const wanted = new Map(keys.map((key) => [idOf(key), keyOf(key)]));
      let left = [...wanted.values()];
      while (left.length) {
        const batch = left.splice(0, batchSize);
        const { Responses, UnprocessedKeys } = await documents.send(
          new BatchGetCommand({ RequestItems: { [TableName]: { Keys: batch, ConsistentRead: true } } }),
        );
        for (const item of (Responses?.[TableName] ?? []) as Item[]) found.set(idOf(item), item);
        left = left.concat((UnprocessedKeys?.[TableName]?.Keys ?? []) as Key[]);
      }
      return keys.map((key) => found.get(idOf(key)));
    },
    async query(pk, range = {}) {
      const items: Item[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await documents.send(
          new QueryCommand({
            TableName,
            ...Expression.range(pk, range),
            ConsistentRead: true,
            ScanIndexForward: !range.reverse,
            Limit: range.limit === undefined ? undefined : range.limit - items.length,
            ExclusiveStartKey: start,
          }),
        );
        items.push(...((page.Items ?? []) as Item[]));
        start = page.LastEvaluatedKey;
      } while (start && (range.limit === undefined || items.length < range.limit));
      return items;
    },
    async swept(kind) {
      const keys: Key[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await documents.send(
          new QueryCommand({
            TableName,
            IndexName: sweepIndex,
            KeyConditionExpression: '#s = :s',
            ExpressionAttributeNames: { '#s': 'sweep' },
            ExpressionAttributeValues: { ':s': kind },
            ExclusiveStartKey: start,
          }),
        );
        keys.push(...((page.Items ?? []) as Key[]).map(keyOf));
        start = page.LastEvaluatedKey;
      } while (start);
      return keys;
    },
    async put(item, condition) {
      const expression = new Expression();
      const ConditionExpression = expression.condition(condition);
      const put = new PutCommand({ TableName, Item: item, ConditionExpression, ...expression.attributes() });
      return unlessLost(() => documents.send(put).then(() => item));
    },
    async update(key, change, condition) {
      const expression = new Expression();
      const update = new UpdateCommand({
        TableName,
        Key: keyOf(key),
        UpdateExpression: expression.change(change),
        ConditionExpression: expression.condition(condition),
        ...expression.attributes(),
        ReturnValues: 'ALL_NEW',
      });
      return unlessLost(async () => (await documents.send(update)).Attributes as Item);
    },
    async delete(key, condition) {
      const expression = new Expression();
      const ConditionExpression = expression.condition(condition);
      const remove = new DeleteCommand({ TableName, Key: keyOf(key), ConditionExpression, ...expression.attributes() });
      return (await unlessLost(() => documents.send(remove).then(() => true))) ?? false;
    },
  };
}

const keyOf = ({ pk, sk }: Key): { pk: string; sk: string } => ({ pk, sk });
const idOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

/** A lost condition is a fact to branch on, not an error. */
async function unlessLost<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
