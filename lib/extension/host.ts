/** Who keeps extensions running, and speaks to them: the server itself on one machine, services of ECS on AWS. */
import type { Asked } from '../access/allows.ts';
import type { Home } from '../home.ts';
import type { ExtensionWork } from '../ports/extension-containers.ts';
import type { LogStream } from '../ports/logs.ts';
import type { ExtensionItem } from '../store/items/extension.ts';
import type { Documentation, ExtensionClient } from './protocol.ts';

type Handed = Pick<ExtensionWork, 'secrets' | 'credentials'>;

export type ExtensionLaunch = Omit<ExtensionWork, keyof Handed> & {
  /** Id of its token. */
  readonly token: string;
  /** The token: the bearer that the extension asks for. */
  readonly secret: string;
  /** Called before each start, so that a secret which has changed is the new one. Rejects when one is missing. */
  readonly handed: () => Promise<Handed>;
  /** Called each time that it answers, before anybody else may speak to it. */
  readonly ready: (client: ExtensionClient, documentation: Documentation) => Promise<unknown>;
};

export type ExtensionSight = {
  readonly state: 'processing' | 'running' | 'exited';
  /** Empty while there is none. */
  readonly url: string;
  /** Epoch milliseconds at which it was ready, last; 0 = not yet. */
  readonly started: number;
  /** Why it does not run. */
  readonly reason?: string;
};

export interface ExtensionHost {
  /** One after the other what changes an extension or its subscriptions. */
  inTurn<T>(id: string, work: () => Promise<T>): Promise<T>;
  /**
   * Starts it, in place of what runs of it, and from then on again whenever it has ended. One machine waits until it is
   * ready for the first time, and rejects when it is not; on AWS, which takes a minute for that, it is still coming up.
   */
  start(launch: ExtensionLaunch): Promise<void>;
  /** Asks it to end, then ends it. One that does not run is stopped already. */
  stop(id: string): Promise<void>;
  /** `undefined`: it is not to run. */
  sight(extension: ExtensionItem): ExtensionSight | undefined;
  /** Who speaks to it. Rejects with a 503 and the reason when it does not run. */
  client(extension: ExtensionItem): Promise<ExtensionClient>;
  /** Values that its container was given from here, and nobody else may see. */
  secretsOf(id: string): Readonly<Record<string, string>>;
  /** What its own token allows. */
  rights(home: Pick<Home, 'table'>, id: string): Promise<(asked: Asked) => boolean>;
  /** The newest log; `undefined`: it never ran. */
  log(extension: ExtensionItem): Promise<LogStream | undefined>;
  /** Removes its logs. */
  forget(id: string): Promise<void>;
}

/** Why nobody can speak to it now, in words that follow its name. */
export function problemOf(sight: ExtensionSight | undefined): string {
  if (!sight) return 'does not run; enable it, or try again in a moment if the server has just started';
  if (sight.state === 'processing') return 'is starting; try again in a moment';
  return `does not run: ${sight.reason ?? 'it has ended'}`;
}
