/**
 * dynalite (the DynamoDB protocol on LevelDB) without its HTTP server: an operation is checked and carried out by the same
 * functions, in a third of the time.
 */
import batchGetItem from 'dynalite/actions/batchGetItem.js';
import createTable from 'dynalite/actions/createTable.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import describeTable from 'dynalite/actions/describeTable.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import updateItem from 'dynalite/actions/updateItem.js';
import { create } from 'dynalite/db/index.js';
import * as batchGetItemInput from 'dynalite/validations/batchGetItem.js';
import * as createTableInput from 'dynalite/validations/createTable.js';
import * as deleteItemInput from 'dynalite/validations/deleteItem.js';
import * as describeTableInput from 'dynalite/validations/describeTable.js';
import * as getItemInput from 'dynalite/validations/getItem.js';
import { checkTypes, checkValidations } from 'dynalite/validations/index.js';
import * as putItemInput from 'dynalite/validations/putItem.js';
import * as queryInput from 'dynalite/validations/query.js';
import * as updateItemInput from 'dynalite/validations/updateItem.js';
import { takeFewerTrips } from './level.ts';
import { closeIterators } from './level-iterators.ts';
import { parseOnce } from './parse-once.ts';

const operations = {
  createTable: { act: createTable, ...createTableInput },
  describeTable: { act: describeTable, ...describeTableInput },
  getItem: { act: getItem, ...getItemInput },
  batchGetItem: { act: batchGetItem, ...batchGetItemInput },
  query: { act: query, ...queryInput },
  putItem: { act: putItem, ...putItemInput },
  updateItem: { act: updateItem, ...updateItemInput },
  deleteItem: { act: deleteItem, ...deleteItemInput },
};

export type Operation = keyof typeof operations;

export type Database = {
  /** Rejects with an error that has the protocol's name for it. It may change the input. */
  readonly call: <T>(operation: Operation, input: object) => Promise<T>;
  /** Calls under way end first. Later ones are never answered, as if the process had been killed: whoever made them is repaired like that. */
  readonly close: () => Promise<void>;
};

takeFewerTrips();
closeIterators();
parseOnce();

/** `path` is a folder; without one all is in memory. */
export function openDatabase(path: string | undefined): Database {
  const store = create({ createTableMs: 0, ...(path !== undefined && { path }) });
  const underWay = new Set<Promise<unknown>>();
  let open = true;

  const carryOut = <T>(operation: Operation, input: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const { act, types, custom } = operations[operation];
      const checked = checkTypes(input, types);
      checkValidations(checked, types, custom, store);
      act(store, checked, (error, output) => (error ? reject(error) : resolve(output as T)));
    });

  return {
    call<T>(operation: Operation, input: object): Promise<T> {
      if (!open) return new Promise<T>(() => {});
      const answer = carryOut<T>(operation, input).catch((error: unknown) => {
        throw named(error);
      });
      underWay.add(answer);
      const ended = () => underWay.delete(answer);
      answer.then(ended, ended);
      return answer;
    },
    async close() {
      open = false;
      await Promise.allSettled(underWay);
      await store.lifecycleManager.gracefulClose();
    },
  };
}

type Answer = { readonly __type?: string; readonly message?: string; readonly Message?: string };

/** What the protocol answers with holds its name behind a `#`. */
function named(error: unknown): unknown {
  const body = error instanceof Error && 'body' in error ? (error.body as Answer) : undefined;
  if (body?.__type === undefined) return error;
  const { __type, message = '', Message = message } = body;
  return Object.assign(new Error(Message), { name: __type.slice(__type.indexOf('#') + 1) });
}
