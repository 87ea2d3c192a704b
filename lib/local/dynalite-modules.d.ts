/** dynalite's parts, as far as they are used here: it has no types of its own. */
declare module 'dynalite/db/index.js' {
  type Table = { readonly TableStatus: string };
  export type Store = {
    readonly lifecycleManager: { gracefulClose(): Promise<void> };
    getTable: (
      ...args:
        | [string, (error: unknown, table: Table) => void]
        | [string, boolean, (error: unknown, table: Table) => void]
    ) => void;
  };
  /** `path` is its LevelDB folder; without it all is in memory. */
  export function create(options: { path?: string; createTableMs?: number }): Store;
}

declare module 'dynalite/validations/index.js' {
  import type { Store } from 'dynalite/db/index.js';
  /** The input without what the operation doesn't know. Throws what the protocol answers. */
  export function checkTypes(input: object, types: unknown): object;
  export function checkValidations(input: object, types: unknown, custom: unknown, store: Store): void;
}

declare module 'dynalite/validations/*.js' {
  export const types: unknown;
  export const custom: unknown;
}

declare module 'dynalite/actions/*.js' {
  import type { Store } from 'dynalite/db/index.js';
  export default function act(store: Store, input: object, done: (error: unknown, output: unknown) => void): void;
}

declare module 'dynalite/db/conditionParser.js' {
  import type { Parse } from './parse-once.ts';

  const parser: { parse: Parse };
  export default parser;
}

declare module 'dynalite/db/updateParser.js' {
  import type { Parse } from './parse-once.ts';

  const parser: { parse: Parse };
  export default parser;
}
