/** The table on DynamoDB. What it says is the same in both homes; `protocol` carries it there. */
import { setTimeout } from 'node:timers/promises';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Expression } from './expression.ts';
import type { Item, Key, Range, Table } from './table.ts';

/** Items as DynamoDB's protocol writes them: `{ n: { N: '1' } }`. */
export type Attributes = Record<string, AttributeValue>;

/** The operations of DynamoDB that the product uses. A write whose condition did not hold rejects with {@link conditionFailed}. */
export interface Protocol {
  getItem(input: object): Promise<{ Item?: Attributes | undefined }>;
  batchGetItem(input: object): Promise<{
    Responses?: Record<string, Attributes[]> | undefined;
    UnprocessedKeys?: Record<string, { Keys: Attributes[] | undefined }> | undefined;
  }>;
  query(input: object): Promise<{ Items?: Attributes[] | undefined; LastEvaluatedKey?: Attributes | undefined }>;
  putItem(input: object): Promise<unknown>;
  updateItem(input: object): Promise<{ Attributes?: Attributes | undefined }>;
  deleteItem(input: object): Promise<unknown>;
}

/** Name of the error of a write whose condition did not hold. */
export const conditionFailed = 'ConditionalCheckFailedException';

/** Name of the sparse index that finds what the sweep looks after: hash `sweep`, range `pk`, keys only. */
export const sweepIndex = 'sweep';

/** Bytes that a key may have. */
const longest = { pk: 2048, sk: 1024 };

/** BatchGetItem takes at most 100 keys. */
const batchSize = 100;

/** Milliseconds that what is left over is asked for again after, on average half of it; double each time. */
const wait = { first: 50, longest: 2000 };

export type DynamoOptions = {
  /** Waits; milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
  /** A number in [0, 1). */
  readonly random?: () => number;
};

export function createDynamoTable(
  protocol: Protocol,
  TableName: string,
  { pause = setTimeout, random = Math.random }: DynamoOptions = {},
): Table {
  return {
    async get(key) {
      if (!canExist(key)) return undefined;
      const { Item } = await protocol.getItem({ TableName, Key: keyOf(key), ConsistentRead: true });
      return Item && itemOf(Item);
    },

    async getMany(keys) {
      const found = new Map<string, Item>();
      const wanted = new Map(keys.filter(canExist).map((key) => [idOf(key), keyOf(key)]));
      let left = [...wanted.values()];
      for (let throttled = 0; left.length; ) {
        const Keys = left.splice(0, batchSize);
        const answer = await protocol.batchGetItem({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } });
        for (const item of (answer.Responses?.[TableName] ?? []).map(itemOf)) found.set(idOf(item), item);
        const unprocessed = answer.UnprocessedKeys?.[TableName]?.Keys ?? [];
        left = left.concat(unprocessed);
        // The SDK repeats calls that are throttled, not parts of one.
        if (unprocessed.length) await pause(random() * Math.min(wait.first * 2 ** throttled++, wait.longest));
      }
      return keys.map((key) => found.get(idOf(key)));
    },

    async query(pk, range = {}) {
      if (!fits(pk, longest.pk)) return [];
      const expression = new Expression();
      const KeyConditionExpression = expression.range(pk, range);
      return pages(range, (page) =>
        protocol.query({
          TableName,
          KeyConditionExpression,
          ...attributes(expression),
          ...page,
          ConsistentRead: true,
          ScanIndexForward: !range.reverse,
        }),
      );
    },

    async swept(kind) {
      const expression = new Expression();
      const KeyConditionExpression = expression.condition({ op: 'equals', path: 'sweep', value: kind });
      const items = await pages({}, (page) =>
        protocol.query({
          TableName,
          IndexName: sweepIndex,
          KeyConditionExpression,
          ...attributes(expression),
          ...page,
        }),
      );
      return items.map(({ pk, sk }) => ({ pk, sk }));
    },

    async put(item, condition) {
      const expression = new Expression();
      const ConditionExpression = expression.condition(condition);
      const input = { TableName, Item: toAttributes(item), ConditionExpression, ...attributes(expression) };
      return unlessLost(() => protocol.putItem(input).then(() => item));
    },

    async update(key, change, condition) {
      if (condition && !canExist(key)) return undefined;
      const expression = new Expression();
      const UpdateExpression = expression.change(change);
      const ConditionExpression = expression.condition(condition);
      const returned = { ...attributes(expression), ReturnValues: 'ALL_NEW' };
      const input = { TableName, Key: keyOf(key), UpdateExpression, ConditionExpression, ...returned };
      return unlessLost(() => protocol.updateItem(input).then(({ Attributes = {} }) => itemOf(Attributes)));
    },

    async delete(key, condition) {
      if (!canExist(key)) return false;
      const expression = new Expression();
      const ConditionExpression = expression.condition(condition);
      const input = { TableName, Key: keyOf(key), ConditionExpression, ...attributes(expression) };
      return (await unlessLost(() => protocol.deleteItem(input).then(() => true))) ?? false;
    },
  };
}

type Page = { readonly Limit?: number; readonly ExclusiveStartKey?: Attributes };

/** Reads page after page, as far as the range goes. */
async function pages({ limit }: Range, read: (page: Page) => ReturnType<Protocol['query']>): Promise<Item[]> {
  const items: Item[] = [];
  let start: Attributes | undefined;
  do {
    const rest = limit === undefined ? {} : { Limit: limit - items.length };
    const page = await read({ ...rest, ...(start && { ExclusiveStartKey: start }) });
    items.push(...(page.Items ?? []).map(itemOf));
    start = page.LastEvaluatedKey;
  } while (start && (limit === undefined || items.length < limit));
  return items;
}

/** Ids that a user made up may be empty or of any length: DynamoDB refuses such keys, so there is nothing under them. */
const canExist = ({ pk, sk }: Key) => fits(pk, longest.pk) && fits(sk, longest.sk);

const fits = (text: string, bytes: number) => text !== '' && Buffer.byteLength(text) <= bytes;

const toAttributes = (values: object): Attributes => marshall({ ...values }, { removeUndefinedValues: true });
const itemOf = (item: Attributes) => unmarshall(item) as Item;
const keyOf = ({ pk, sk }: Key): Attributes => ({ pk: { S: pk }, sk: { S: sk } });
const idOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

/** What an expression's placeholders stand for; DynamoDB refuses empty maps. */
function attributes({ names, values }: Expression) {
  return {
    ...(names.size && { ExpressionAttributeNames: Object.fromEntries([...names].map(([name, key]) => [key, name])) }),
    ...(Object.keys(values).length && { ExpressionAttributeValues: toAttributes(values) }),
  };
}

/** A lost condition is a fact to branch on, not an error. */
async function unlessLost<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof Error && error.name === conditionFailed) return undefined;
    throw error;
  }
}
