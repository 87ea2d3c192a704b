/** Extensions, and which pipelines subscribe to them. */
import type { Documentation } from '../../extension/protocol.ts';
import type { Key } from '../table.ts';

export const extensionsPartition = 'EXTENSIONS';
export const extensionKey = (id: string): Key => ({ pk: extensionsPartition, sk: id });
/** An installed extension. Whether it runs now is known to its host on one machine, and noted in `seen` on AWS. */
export type ExtensionItem = Key & {
  id: string;
  image: string;
  entrypoint?: readonly string[];
  command?: readonly string[];
  settings: Readonly<Record<string, string>>;
  /** Roles that its token has beside its own. */
  additional_roles: readonly string[];
  status: 'enabled' | 'disabled';
  created: number;
  /** When it was enabled or disabled, last; 0 = never. */
  modified: number;
  /** What it said of itself, last. */
  documentation?: Documentation;
  /** It is disabled, and whoever did that has not stopped all of it yet. */
  stopping?: true;
  /** When it was uninstalled: it is gone, but for its event and what belongs to it. */
  uninstalled?: number;
  /** Credentials for its image are kept with its secrets. */
  registry?: true;
  /** Id of the token that it is to run with (AWS). Absent: it is not to run. */
  token?: string;
  /** Ids of the tokens whose values may lie with the secrets (AWS): written down before a value is kept. */
  kept?: Set<string>;
  /** Its newest container (AWS). */
  seen?: SeenContainer;
};

/** A container of an extension as it was last seen, by whoever looks after it. Times are epoch milliseconds. */
export type SeenContainer = {
  readonly arn: string;
  readonly state: 'processing' | 'running' | 'exited';
  /** Empty while nothing can be reached there. */
  readonly url: string;
  /** When it was seen first. */
  readonly since: number;
  /** When it was ready; 0 = not yet. */
  readonly started: number;
  readonly reason?: string;
  /** It may not know all its subscriptions, or one too many: it is told them once more. */
  readonly untold?: true;
};

/** Who changes an extension, or speaks of its subscriptions: one at a time (AWS). */
export const extensionTurnsPartition = 'EXTENSION-TURNS';
export const extensionTurnKey = (id: string): Key => ({ pk: extensionTurnsPartition, sk: id });
/** `until`: epoch milliseconds at which a holder that died has lost it. */
export type ExtensionTurnItem = Key & { holder: string; until: number };

/** Subscriptions of all pipelines; they are few. */
export const subscriptionsPartition = 'SUBSCRIPTIONS';
export const subscriptionPrefix = (uid: string) => `${uid}#`;
export const subscriptionKey = (uid: string, extension: string, id: string): Key => ({
  pk: subscriptionsPartition,
  sk: `${subscriptionPrefix(uid)}${extension}#${id}`,
});
export type SubscriptionItem = Key & {
  id: string;
  namespace: string;
  pipeline: string;
  /** The pipeline's own: one that is made again under the same name has none of its predecessor's. */
  uid: string;
  extension: string;
  settings: Readonly<Record<string, string>>;
  /** `unknown`: the extension has not been told yet. */
  status: 'unknown' | 'active' | 'error' | 'disabled';
  /** Why the extension did not take it. */
  reason?: string;
  created: number;
  /** When it was removed: it is gone, but for its event. */
  removed?: number;
};
