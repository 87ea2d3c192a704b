/** Extensions, and which pipelines subscribe to them. */
import type { Documentation } from '../../extension/protocol.ts';
import type { Key } from '../table.ts';

export const extensionsPartition = 'EXTENSIONS';
export const extensionKey = (id: string): Key => ({ pk: extensionsPartition, sk: id });
/** An installed extension. Whether it runs now knows its host alone. */
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
  /** When it was uninstalled: it is gone, but for its event and what belongs to it. */
  uninstalled?: number;
};

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
