/**
 * Values that nobody but containers and administrators may see: AWS Secrets Manager or Systems Manager's SecureStrings on
 * AWS, an encrypted file on one machine. What else is known of a secret is in the table.
 */
export interface Secrets {
  /** What the store is called, and the most bytes that it takes of one value. */
  readonly limit: { readonly store: string; readonly bytes: number };
  /** Writes the value, in place of the one that is there. `name` is made by `secret/name.ts`. */
  put(name: string, value: string): Promise<void>;
  /** `undefined`: there is none. */
  get(name: string): Promise<string | undefined>;
  /** The value before the last one: what has been printed of it is masked still. `undefined`: there was none. */
  former(name: string): Promise<string | undefined>;
  /** With its former value. One that is absent is removed already. */
  remove(name: string): Promise<void>;
}
