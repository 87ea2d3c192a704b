/** Long-lived containers of extensions: Docker containers or processes on one machine, kept running by the server. */
import type { LogStream } from './logs.ts';

/** What runs. It listens where `place` says, and finds the API there. */
export type ExtensionWork = {
  readonly id: string;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: (place: ExtensionPlace) => Readonly<Record<string, string>>;
  /** Variables too, whose values must lie in no file. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What its image is pulled with. Absent: what the home itself knows. */
  readonly credentials?: { readonly username: string; readonly password: string };
};

export type ExtensionPlace = {
  /** Where the extension should listen, as `<host>:<port>`. */
  readonly bind: string;
  /** Where it reaches the API, without a slash at its end. */
  readonly apiBaseUrl: string;
};

export type ExtensionContainer = {
  /** Where the server reaches it: `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Resolves with the reason, in words for people, when it has ended, however that came. */
  readonly ended: Promise<string>;
};

export interface ExtensionContainers {
  /** Resolves when the container runs; whether it answers is another question. Rejects with the reason when it can't. */
  start(work: ExtensionWork): Promise<ExtensionContainer>;
  /** SIGTERM, then SIGKILL; resolves when nothing of the extension runs any more. One that is unknown is stopped already. */
  stop(id: string): Promise<void>;
  /** Stops what an earlier server has left, of every extension. */
  clear(): Promise<void>;
  /** The newest log; `undefined`: it never ran here. */
  log(id: string): Promise<LogStream | undefined>;
  /** Removes its logs. */
  forget(id: string): Promise<void>;
}
