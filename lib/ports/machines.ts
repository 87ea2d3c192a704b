/** State machines and their executions: Step Functions on AWS, an interpreter of the same definitions on one machine. */
export type MachineDefinition = { readonly StartAt: string; readonly States: Readonly<Record<string, unknown>> };

/** What a waiting state is told through its task token. */
export type TokenAnswer =
  | { readonly output: Readonly<Record<string, unknown>> }
  | { readonly error: string; readonly cause?: string };

export type ExecutionState =
  | { readonly state: 'running' }
  | {
      readonly state: 'closed';
      readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
      /** Epoch milliseconds. */
      readonly stopped: number;
      readonly error?: string;
      readonly cause?: string;
    };

/** Somebody has deleted the machine, or it was never made. */
export class MachineMissingError extends Error {
  override readonly name = 'MachineMissingError';
  constructor(machine: string, options?: ErrorOptions) {
    super(`there is no machine ${machine}`, options);
  }
}

export interface Machines {
  /** Creates the machine unless it exists. The name determines the definition, so there is nothing to update. */
  ensure(name: string, definition: MachineDefinition): Promise<void>;
  /**
   * Removes the machine; one that is unknown is removed already. What runs on it would end at its next transition, so
   * nothing may. Its name may not be free again at once.
   */
  remove(name: string): Promise<void>;
  /** Starts an execution. The same name with the same input a second time changes nothing, while it runs or after it has closed. Rejects with {@link MachineMissingError}. */
  start(execution: { readonly name: string; readonly machine: string; readonly input: string }): Promise<void>;
  /** Stops an execution; one that is closed or unknown is stopped already. */
  stop(execution: { readonly name: string; readonly machine: string }, cause: string): Promise<void>;
  /** `undefined`: never started, or forgotten. */
  describe(execution: { readonly name: string; readonly machine: string }): Promise<ExecutionState | undefined>;
  /** Answers the state that waits with `token`. False: it was answered already, or is gone. */
  answer(token: string, answer: TokenAnswer): Promise<boolean>;
}
