/**
 * The way into a container that runs: a terminal on one machine, which the API carries; on AWS a session of ECS Exec, which
 * the client opens itself, since API Gateway carries no WebSockets.
 */

/** A program in the container, with a terminal of its own. */
export type Terminal = {
  /** What it writes; ends with the program. */
  readonly output: AsyncIterable<Uint8Array>;
  /** What is typed. Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Hangs up: the program is told to end. Harmless when repeated. */
  close(): void;
};

/** What AWS's session-manager-plugin takes. The token opens the session, for whoever has it, once. */
export type Session = {
  readonly session_id: string;
  readonly stream_url: string;
  readonly token: string;
  /** `ecs:<cluster>_<task>_<runtime id>` */
  readonly target: string;
  readonly region: string;
};

export type Attach =
  | { readonly by: 'terminal'; readonly open: (arn: string, program: readonly string[]) => Promise<Terminal> }
  | { readonly by: 'session'; readonly start: (arn: string, command: string) => Promise<Session> };
