/**
 * Extensions on AWS, as the API sees them: a row says what is to run, a function of their own looks after it and notes in
 * the row what it sees, and who speaks to an extension does so through a function in its network.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ConflictError, GoferError } from '../../errors.ts';
import type { Exchange } from '../../extension/exchange.ts';
import { findExtension } from '../../extension/extensions.ts';
import { type ExtensionHost, problemOf } from '../../extension/host.ts';
import { extensionsLog } from '../../extension/place.ts';
import { ExtensionClient, ExtensionUnavailableError, isUnanswered } from '../../extension/protocol.ts';
import { extensionRights } from '../../extension/rights.ts';
import { extensionTokenName } from '../../extension/secrets.ts';
import type { Secrets } from '../../ports/secrets.ts';
import {
  type ExtensionItem,
  type ExtensionTurnItem,
  extensionKey,
  extensionTurnKey,
} from '../../store/items/extension.ts';
import { all, any, contains, equals, exists, missing, type Table } from '../../store/table.ts';

export type AwsExtensionHostOptions = {
  readonly table: Table;
  readonly secrets: Secrets;
  /** Sends a request from within the network of extensions. */
  readonly exchange: Exchange;
  /** Tells the function that looks after extensions that something has changed; it looks every minute anyway. */
  readonly wake: () => Promise<void>;
  readonly now?: () => number;
  /** Waits; milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
};

/** Milliseconds: how long a turn may take, which is longer than any function that takes one may run. */
const turn = 60_000;
/** Milliseconds that a caller waits for its turn; API Gateway gives an answer 29 seconds. */
const patience = 10_000;
const betweenTries = 200;

export function createExtensionHost(options: AwsExtensionHostOptions): ExtensionHost {
  const { table, secrets, exchange, wake, now = Date.now, pause = setTimeout } = options;

  async function take(id: string, holder: string): Promise<void> {
    const key = extensionTurnKey(id);
    for (const last = now() + patience; ; await pause(betweenTries)) {
      const held = (await table.get(key)) as ExtensionTurnItem | undefined;
      const lost = held && held.until < now();
      if (lost) await greetAgain(id);
      // One's own: an answer that got lost.
      const free = lost ? equals('until', held.until) : any(missing('until'), equals('holder', holder));
      if (await table.update(key, { set: { holder, until: now() + turn } }, free)) return;
      if (now() > last)
        throw new ConflictError(`extension "${id}" is being changed by somebody else; try again in a moment`);
    }
  }

  /** Whoever died in their turn, or got no answer, may have left the extension with other subscriptions than the rows say. */
  async function greetAgain(id: string): Promise<void> {
    const seen = (await findExtension({ table }, id))?.seen;
    if (seen?.state !== 'running') return;
    const same = all(equals('seen.arn', seen.arn), equals('seen.state', seen.state));
    await table.update(extensionKey(id), { set: { seen: { ...seen, untold: true } } }, same);
    await rouse();
  }

  /** Without it all happens too, within a minute. */
  async function rouse(): Promise<void> {
    try {
      await wake();
    } catch (error) {
      console.warn('the function that looks after extensions is not woken:', error);
    }
  }

  async function client(extension: ExtensionItem): Promise<ExtensionClient> {
    const { id, token } = extension;
    const sight = sightOf(extension);
    if (sight?.state !== 'running') throw new ExtensionUnavailableError(id, problemOf(sight));
    const secret = token && (await secrets.get(extensionTokenName(id, token)));
    if (!secret) throw new ExtensionUnavailableError(id, problemOf(undefined));
    return new ExtensionClient({ id, url: sight.url, secret, exchange });
  }

  return {
    async inTurn(id, work) {
      const holder = randomUUID();
      await take(id, holder);
      // As long as it is not known how far it came, the turn is not given back: whoever takes it over sees to the rest.
      let over = false;
      try {
        const result = await work();
        over = true;
        return result;
      } catch (error) {
        if (isUnanswered(error) || !(error instanceof GoferError)) await greetAgain(id);
        over = true;
        throw error;
      } finally {
        if (over) await table.delete(extensionTurnKey(id), equals('holder', holder));
      }
    },
    async start({ id, token, secret }) {
      const key = extensionKey(id);
      // Written down first: a value that lies there is found, whenever this ends.
      if (!(await table.update(key, { add: { kept: new Set([token]) } }, exists('pk'))))
        throw new ConflictError(`extension "${id}" was uninstalled meanwhile`);
      await secrets.put(extensionTokenName(id, token), secret);
      await table.update(key, { set: { token }, remove: ['seen'] }, contains('kept', token));
      await rouse();
    },
    async stop(id) {
      const extension = await findExtension({ table }, id);
      if (!extension) return;
      const { token, kept = [] } = extension;
      if (sightOf(extension)?.state === 'running')
        await client(extension)
          .then((each) => each.shutdown())
          .catch(() => undefined);
      if (token !== undefined) await table.update(extensionKey(id), { remove: ['token', 'seen'] }, exists('pk'));
      for (const each of kept) {
        await secrets.remove(extensionTokenName(id, each));
        await table.update(extensionKey(id), { delete: { kept: new Set([each]) } }, exists('pk'));
      }
      if (token !== undefined) await rouse();
    },
    sight: sightOf,
    client,
    // Its containers get all that is secret from the store.
    secretsOf: () => ({}),
    rights: extensionRights,
    log: async ({ id, seen }) => seen && { run: extensionsLog, task: id, launch: seen.since },
    // They go when the log group's time is up.
    forget: async () => {},
  };
}

const sightOf = ({ token, seen }: ExtensionItem) => {
  if (token === undefined) return undefined;
  if (!seen) return { state: 'processing', url: '', started: 0, reason: 'waits for its container' } as const;
  const { state, url, started, reason } = seen;
  return { state, url, started, ...(reason !== undefined && { reason }) };
};
