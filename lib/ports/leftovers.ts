/** What an installation has made at run time and its stack knows nothing of: state machines, task definitions, objects. */
export type Leftover = {
  /** In the plural: `state machines`. */
  readonly kind: string;
  /** How many things this is. */
  readonly count: number;
  /** One that is gone is removed already. */
  remove(): Promise<void>;
};

export interface Leftovers {
  /** All of this installation alone: others may share the account. */
  list(): AsyncIterable<Leftover>;
}
