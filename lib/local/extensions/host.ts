/**
 * The extensions that run here: each is started, waited for, started again when it has ended, and spoken to. What is
 * here lives in memory alone; which extensions there are says the table.
 */
import { setTimeout } from 'node:timers/promises';
import { type ExtensionHost, type ExtensionLaunch, type ExtensionSight, problemOf } from '../../extension/host.ts';
import { ExtensionClient, ExtensionUnavailableError } from '../../extension/protocol.ts';
import { extensionRights } from '../../extension/rights.ts';
import type { ExtensionContainers, ExtensionWork } from '../../ports/extension-containers.ts';
import type { ExtensionItem } from '../../store/items/extension.ts';

export type HostOptions = {
  readonly containers: ExtensionContainers;
  readonly now: () => number;
  /** Waits, or less when `signal` aborts. Tests pass one that does not wait. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
};

/** Milliseconds between looks at an extension that comes up. */
const lookEvery = 100;

/** Milliseconds in which a container that runs has to answer. */
const readyWithin = 60_000;

/** Milliseconds in which all have to end when the server does: the request to shut down, and SIGKILL after SIGTERM. */
const closeWithin = 25_000;

/** Milliseconds after which an end counts as the first one. */
const steady = 600_000;

/** Milliseconds before the next try: 1 s, 2 s, 4 s … at most a minute. */
const backoff = (failures: number): number => Math.min(1_000 * 2 ** failures, 60_000);

type Kept = {
  readonly launch: ExtensionLaunch;
  readonly over: AbortController;
  readonly first: PromiseWithResolvers<void>;
  sight: ExtensionSight;
  client?: ExtensionClient;
  secrets: ExtensionWork['secrets'];
  /** Resolves when nothing of it runs any more. */
  done: Promise<void>;
};

export class LocalExtensionHost implements ExtensionHost {
  readonly #containers: ExtensionContainers;
  readonly #now: () => number;
  readonly #pause: NonNullable<HostOptions['pause']>;
  readonly #kept = new Map<string, Kept>();
  readonly #turns = new Map<string, Promise<unknown>>();
  #closed = false;

  constructor({ containers, now, pause = patient }: HostOptions) {
    this.#containers = containers;
    this.#now = now;
    this.#pause = pause;
  }

  async inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id);
    const turn = Promise.resolve(before).then(work, work);
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  /** Resolves when the extension is ready for the first time; rejects when its first try fails, and tries on until `stop`. */
  async start(launch: ExtensionLaunch): Promise<void> {
    await this.stop(launch.id);
    if (this.#closed) throw new ExtensionUnavailableError(launch.id, 'is not started any more: the server stops');
    const kept: Kept = {
      launch,
      over: new AbortController(),
      first: Promise.withResolvers(),
      sight: { state: 'processing', url: '', started: 0 },
      secrets: {},
      done: Promise.resolve(),
    };
    kept.first.promise.catch(() => undefined);
    this.#kept.set(launch.id, kept);
    kept.done = this.#keep(kept);
    await kept.first.promise;
  }

  async stop(id: string): Promise<void> {
    const kept = this.#kept.get(id);
    if (!kept) return;
    kept.over.abort();
    await kept.client?.shutdown().catch(() => undefined);
    await this.#containers.stop(id);
    await kept.done;
    if (this.#kept.get(id) === kept) this.#kept.delete(id);
  }

  /** Stops all, and starts none any more. What can't be stopped in time, because Docker is gone, the next server stops. */
  async close(): Promise<void> {
    this.#closed = true;
    const stopped = new AbortController();
    const late = patient(closeWithin, stopped.signal);
    await Promise.race([Promise.allSettled([...this.#kept.keys()].map((id) => this.stop(id))), late]);
    stopped.abort();
  }

  /** Stops what an earlier server has left. */
  async clear(): Promise<void> {
    await this.#containers.clear();
  }

  sight({ id }: Pick<ExtensionItem, 'id'>): ExtensionSight | undefined {
    return this.#kept.get(id)?.sight;
  }

  async client({ id }: Pick<ExtensionItem, 'id'>): Promise<ExtensionClient> {
    const kept = this.#kept.get(id);
    if (kept?.client && kept.sight.state === 'running') return kept.client;
    throw new ExtensionUnavailableError(id, problemOf(kept?.sight));
  }

  secretsOf(id: string): Readonly<Record<string, string>> {
    return this.#kept.get(id)?.secrets ?? {};
  }

  readonly rights = extensionRights;

  log({ id }: Pick<ExtensionItem, 'id'>) {
    return this.#containers.log(id);
  }

  async forget(id: string): Promise<void> {
    await this.#containers.forget(id);
  }

  async #keep(kept: Kept): Promise<void> {
    const { launch, over, first } = kept;
    for (let failures = 0; !over.signal.aborted; failures++) {
      const begun = this.#now();
      const reason = await this.#live(kept).catch((error: unknown) => messageOf(error));
      delete kept.client;
      await this.#containers.stop(launch.id).catch(() => undefined);
      kept.sight = { state: 'exited', url: '', started: kept.sight.started, reason };
      first.reject(new ExtensionUnavailableError(launch.id, `did not start: ${reason}`));
      if (this.#now() - begun > steady) failures = 0;
      if (!over.signal.aborted) await this.#pause(backoff(failures), over.signal);
    }
  }

  /** Resolves with the reason when it has ended; rejects when it never came up. */
  async #live(kept: Kept): Promise<string> {
    const { launch, first, over } = kept;
    kept.sight = { state: 'processing', url: '', started: kept.sight.started };
    const handed = await launch.handed();
    kept.secrets = handed.secrets;
    over.signal.throwIfAborted();
    const { url, ended } = await this.#containers.start({ ...launch, ...handed });
    // A stop that came while nothing ran yet has found nothing to stop.
    over.signal.throwIfAborted();
    const client = new ExtensionClient({ id: launch.id, url, secret: launch.secret });
    const early = ended.then((reason): never => {
      throw new Error(`before it was ready, ${reason}`);
    });
    early.catch(() => undefined);
    const tried = new AbortController();
    const signal = AbortSignal.any([over.signal, tried.signal]);
    try {
      await Promise.race([this.#ready(launch, client, signal), early]);
    } finally {
      tried.abort();
    }
    kept.client = client;
    kept.sight = { state: 'running', url, started: this.#now() };
    first.resolve();
    return ended;
  }

  async #ready(launch: ExtensionLaunch, client: ExtensionClient, signal: AbortSignal): Promise<void> {
    const last = this.#now() + readyWithin;
    while (!(await client.health())) {
      signal.throwIfAborted();
      if (this.#now() > last) throw new Error(`it is not well within ${readyWithin / 1000} s: GET /api/health fails`);
      await this.#pause(lookEvery, signal);
    }
    const documentation = await client.info();
    signal.throwIfAborted();
    await launch.ready(client, documentation);
  }
}

const patient = (milliseconds: number, signal: AbortSignal) =>
  setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
