/** Every kind of item in the table, with its key: the whole data model on one page. Times are epoch milliseconds. */
import type { Action } from '../access/permission.ts';
import type { EventKind } from '../events/kind.ts';
import type { Documentation } from '../extension/protocol.ts';
import type { Manager } from '../pipeline/managed.ts';
import type { Key, SweepKind } from './table.ts';

/** Sort keys with numbers are padded, so that they order as numbers do. */
const padded = (n: number) => String(n).padStart(10, '0');

export const namespacesPartition = 'NAMESPACES';
export const namespaceKey = (id: string): Key => ({ pk: namespacesPartition, sk: id });
export type NamespaceItem = Key & {
  id: string;
  name: string;
  description: string;
  created: number;
  modified: number;
  /** Marks one attempt to delete; a pipeline registered meanwhile takes it away, and the namespace stays. */
  deleting?: string;
  /** Deleted, but for its event: readers see nothing here any more. */
  deleted?: number;
};

export const pipelinesPartition = (namespace: string) => `NAMESPACE#${namespace}`;
export const pipelineKey = (namespace: string, id: string): Key => ({ pk: pipelinesPartition(namespace), sk: id });
/** A pipeline: pointers, counters and the slots of its running runs. */
export type PipelineItem = Key & {
  /** Made anew at each creation, so that a recreated pipeline never meets its predecessor's runs. */
  uid: string;
  namespace: string;
  id: string;
  state: 'active' | 'disabled';
  created: number;
  modified: number;
  /** Newest registered version. */
  last_version: number;
  /** The version that runs use; absent before the first deployment (runs then take the newest). */
  live?: number;
  /** The deployment that made `live` live. */
  last_deployment?: number;
  /** Since when it is being deleted: disabled for good, its runs are being cancelled. */
  deleting?: number;
  /** Runs at once, from the live (else newest) config; 0 = no limit. */
  parallelism: number;
  /** Numbers of the runs that hold a slot. */
  active?: Set<number>;
  /** No run with a lower number is pending: where `dispatch` starts to look. */
  next_up?: number;
  /** The stack that keeps it, if one does. */
  managed_by?: Manager;
};

/** Partition of all that belongs to one creation of a pipeline: configs, deployments, runs. */
export const pipelinePartition = (uid: string) => `PIPELINE#${uid}`;

export const configKey = (uid: string, version: number): Key => ({
  pk: pipelinePartition(uid),
  sk: `CONFIG#${padded(version)}`,
});
export const configPrefix = 'CONFIG#';
export type ConfigItem = Key & {
  version: number;
  /** The normalised `PipelineConfig`, as `pipeline/stored.ts` writes it. */
  config: string;
  /** Hash of the config: registering the same content again yields the same version. */
  hash: string;
  registered: number;
  /** When another version took its place, last; 0 = never. Whether it is live says the pipeline alone. */
  deprecated: number;
  /** Newest deployment that has released it. */
  deployment?: number;
  /** Name of the state machine, once it exists. */
  machine?: string;
};

export const deploymentKey = (uid: string, id: number): Key => ({
  pk: pipelinePartition(uid),
  sk: `DEPLOYMENT#${padded(id)}`,
});
export const deploymentPrefix = 'DEPLOYMENT#';
export type DeploymentItem = Key & {
  id: number;
  namespace: string;
  pipeline: string;
  uid: string;
  start_version: number;
  end_version: number;
  started: number;
  ended: number;
  state: 'running' | 'complete';
  status: 'unknown' | 'failed' | 'successful';
  /** Why it failed. */
  reason?: string;
  /** When everything it needs existed: from here on it can't fail. */
  ready?: number;
  /** The stack that asked for it; absent: the API. */
  stack?: string;
  /** Whoever worked on it ran out of time: the sweep need not wait. */
  left?: boolean;
  sweep?: SweepKind;
};

/** That a pipeline has or had a schedule, and when what starts its runs may last have had to change. */
export const scheduleKey = (uid: string): Key => ({ pk: pipelinePartition(uid), sk: 'SCHEDULE' });
export type ScheduleItem = Key & {
  namespace: string;
  pipeline: string;
  uid: string;
  changed: number;
  sweep?: SweepKind;
};

/** A machine that exists, or is about to, with the names of the task definitions that it uses. */
export const machineKey = (uid: string, machine: string): Key => ({
  pk: pipelinePartition(uid),
  sk: `MACHINE#${machine}`,
});
export const machinePrefix = 'MACHINE#';
export type MachineItem = Key & {
  name: string;
  definitions: readonly string[];
  /** Since when nothing names it: in an hour it is removed. */
  retired?: number;
  /** Since when it is being removed: too late to take it back. */
  removing?: number;
  /** Since when it is gone. Its name is not given again for a day, in which somebody late may still delete it. */
  removed?: number;
};

/** Who uses a task definition: pipelines of all namespaces share those alike. The sort key is a machine's name. */
export const definitionPartition = (definition: string) => `DEFINITION#${definition}`;
export const definitionUseKey = (definition: string, machine: string): Key => ({
  pk: definitionPartition(definition),
  sk: machine,
});
export type DefinitionUseItem = Key & {
  /** When it was last seen registered, or was. */
  registered?: number;
};

/** A pipeline some of whose machines may be needed no longer. */
export const retirementKey = (uid: string): Key => ({ pk: pipelinePartition(uid), sk: 'RETIREMENT' });
export type RetirementItem = Key & {
  uid: string;
  namespace: string;
  pipeline: string;
  /** When it was asked for, last. */
  asked: number;
  /** When the sweep looks again; absent: at once. */
  due?: number;
  sweep?: SweepKind;
};

export const runKey = (uid: string, number: number): Key => ({
  pk: pipelinePartition(uid),
  sk: `RUN#${padded(number)}`,
});
export const runPrefix = 'RUN#';

/** Remembers which run an `Idempotency-Key` asked for; expires after 24 h. */
export const requestKey = (uid: string, idempotencyKey: string): Key => ({
  pk: pipelinePartition(uid),
  sk: `REQUEST#${idempotencyKey}`,
});
export type RequestItem = Key & { hash: string; number: number; expires_at: number };

/** Remembers the requests of CloudFormation that were carried out, as long as one may come again; expires after 24 h. */
export const resourceRequestKey = (id: string): Key => ({ pk: 'RESOURCES', sk: id });

/** What is known of a pipeline's secret; its value is where the port `Secrets` keeps it. */
export const pipelineSecretKey = (uid: string, key: string): Key => ({
  pk: pipelinePartition(uid),
  sk: `${secretPrefix}${key}`,
});
export const secretPrefix = 'SECRET#';
/** The same of the credentials that a task's image is pulled with. */
export const registrySecretKey = (uid: string, task: string): Key => ({
  pk: pipelinePartition(uid),
  sk: `${registryPrefix}${task}`,
});
export const registryPrefix = 'REGISTRY#';
export const globalSecretsPartition = 'SECRETS';
export const globalSecretKey = (key: string): Key => ({ pk: globalSecretsPartition, sk: key });
export type SecretItem = Key & {
  key: string;
  /** Regular expressions: the namespaces that may use it. Of a pipeline's secret, its own namespace. */
  namespaces: readonly string[];
  /** When its value was written; absent: there is none yet, or none any more. */
  created?: number;
  /** Whoever changes it now, and since when. Without `writing` its change failed: any value may be in the store. */
  writer?: number;
  writing?: number;
  /** `namespaces` of the values that may be in the store already: all of these lists hold beside it. */
  next?: readonly (readonly string[])[];
};

/** Partition of the tasks of one run. The sort key is the task's id. */
export const tasksPartition = (uid: string, number: number) => `TASKS#${uid}#${number}`;
export const taskKey = (uid: string, number: number, task: string): Key => ({
  pk: tasksPartition(uid, number),
  sk: task,
});

/** Partition of the objects of one owner: a creation of a pipeline, with those of its runs, or an extension. */
export const objectsPartition = (owner: string) => `OBJECTS#${owner}`;
export const pipelineObjectsPrefix = 'PIPELINE#';
export const runObjectsPrefix = 'RUN#';
export const extensionObjectsPrefix = 'EXTENSION#';
export const prefixOfRun = (number: number) => `${runObjectsPrefix}${padded(number)}#`;
export const objectKey = (owner: string, prefix: string, key: string): Key => ({
  pk: objectsPartition(owner),
  sk: prefix + key,
});
export type ObjectItem = Key & {
  key: string;
  /** When its content was stored; absent: there is none yet, or none any more. */
  created?: number;
  /** Bytes. */
  size?: number;
  /** The content of a small object, in base64. */
  data?: string;
  /** Where the port `Objects` keeps a larger one. */
  content?: string;
  /** Contents on their way; what isn't in here can't become the object's any more. */
  uploads?: Set<string>;
  /** Contents that something has taken the place of, and since when: `<time> <content>`. */
  replaced?: Set<string>;
  /** `content`, as long as there may be contents besides its own. */
  sweep?: SweepKind;
};

/** That a pipeline has, or may have, what is kept for a number of runs. */
export const storeKey = (uid: string): Key => ({ pk: objectsPartition(uid), sk: 'STORE' });
export type StoreItem = Key & {
  uid: string;
  namespace: string;
  pipeline: string;
  /** The logs of runs up to this number are removed. */
  logs?: number;
  sweep: 'store';
};

/** Events are kept by UTC day; their ids (UUID v7) hold the time, so an id alone finds its event. */
export const eventsPartition = (time: number) => `EVENTS#${new Date(time).toISOString().slice(0, 10)}`;
export const eventKey = (time: number, id: string): Key => ({ pk: eventsPartition(time), sk: id });
export type EventItem = Key & { id: string; emitted: number; kind: EventKind; expires_at: number };

export const systemKey: Key = { pk: 'SYSTEM', sk: 'PREFERENCES' };
export type SystemItem = Key & {
  ignore_pipeline_run_events?: boolean;
  /** Runs of all pipelines that may run at once; absent: see `run/seats.ts`. */
  max_concurrent_runs?: number;
  /** The highest that this number ever was, if it was changed: so far back seats may be taken. */
  most_seats?: number;
  /** Since when the installation is being removed: no run starts any more. */
  uninstalling?: number;
  /** The newest request to delete the stack, and when it came. */
  deletion?: string;
  deletion_asked?: number;
  /** Hash of the bootstrap token: it is made once. */
  bootstrap?: string;
};

/** Seats of the installation, in rows: the runs that run, whatever their pipeline. Those that are over may still be in there. */
export const seatsKey = (row: number): Key => ({ pk: 'SEATS', sk: padded(row) });
/** `held`: names of runs. */
export type SeatsItem = Key & { held?: Set<string> };

/** Pipelines whose next run waits for a seat. */
export const lineKey: Key = { pk: 'SYSTEM', sk: 'LINE' };
export type LineItem = Key & {
  /** `<since> <namespace>/<pipeline>`: in this order, they came first. */
  waiting?: Set<string>;
  /** When all rows were last looked through for runs that are over. */
  cleared?: number;
};

/** Tokens are found by the SHA-256 of their secret; the secret itself is stored nowhere. */
export const tokensPartition = 'TOKENS';
export const tokenKey = (hash: string): Key => ({ pk: tokensPartition, sk: hash });
export type TokenItem = Key & {
  id: string;
  user: string;
  roles: readonly string[];
  metadata: Readonly<Record<string, string>>;
  created: number;
  /** 0 = never. */
  expires: number;
  disabled: boolean;
  /** When it was switched off or on, last. */
  changed?: number;
  /** When it was seen last, to the hour. */
  last_used?: number;
  /** Deleted, but for its event. */
  deleted?: number;
  /** The extension whose own it is: see `extension/rights.ts`. */
  extension?: string;
};

/** Tokens by the time they expire, or are to be renewed: what the sweep has to do. */
export const tokenExpiriesPartition = 'TOKEN_EXPIRIES';
export const tokenExpiryKey = (expires: number, hash: string): Key => ({
  pk: tokenExpiriesPartition,
  sk: `${tokenExpiryPrefix(expires)}${hash}`,
});
export const tokenExpiryPrefix = (expires: number) => `${String(expires).padStart(16, '0')}#`;
export type TokenExpiryItem = Key & {
  expires: number;
  /** Hash of the token to remove. */
  token?: string;
  /** The pipeline whose token is renewed then. */
  renews?: { readonly namespace: string; readonly pipeline: string; readonly uid: string };
};

/** Tokens that containers are given; apart from those that people have. */
export const injectedTokenKey = (hash: string): Key => ({ pk: 'INJECTED_TOKENS', sk: hash });
export type InjectedTokenItem = Key & {
  id: string;
  namespace: string;
  pipeline: string;
  uid: string;
  /** The one run that it is for; absent: every run of the pipeline. */
  run?: number;
  created: number;
  expires: number;
};

/** That a pipeline on AWS has a token for its containers, and when it is renewed. */
export const pipelineTokenKey = (uid: string): Key => ({ pk: pipelinePartition(uid), sk: 'TOKEN' });
export type PipelineTokenItem = Key & { due: number };

export const rolesPartition = 'ROLES';
export const roleKey = (id: string): Key => ({ pk: rolesPartition, sk: id });
export type RoleItem = Key & {
  id: string;
  description: string;
  permissions: readonly { readonly resources: readonly string[]; readonly actions: readonly Action[] }[];
  created: number;
  modified: number;
  /** Deleted, but for its event. */
  deleted?: number;
};

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
};
