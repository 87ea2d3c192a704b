/** The one-time code that only people of the installation's own account can read: it opens the way to the first token. */
export interface BootstrapCode {
  /** `undefined`: nobody put one there, or it has been used. */
  read(): Promise<string | undefined>;
  /** One that is absent is removed already. */
  remove(): Promise<void>;
}
