/**
 * Extensions on AWS, as the API sees them: a row says what is to run, a function of their own looks after it and notes in
 * the row what it sees, and who speaks to an extension does so through a function in its network.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ConflictError } from '../../errors.ts';
import type { Exchange } from '../../extension/exchange.ts';
import { findExtension } from '../../extension/extensions.ts';
import { type ExtensionHost, problemOf } from '../../extension/host.ts';
import { extensionsLog } from '../../extension/place.ts';
import { ExtensionClient, ExtensionUnavailableError } from '../../extension/protocol.ts';
import { extensionRights } from '../../extension/rights.ts';
import { extensionTokenName } from '../../extension/secrets.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { type ExtensionItem, extensionKey, extensionTurnKey } from '../../store/items/extension.ts';
import { any, equals, exists, less, missing, type Table } from '../../store/table.ts';

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
    for (const last = now() + patience; ; await pause(betweenTries)) {
      const free = any(missing('until'), less('until', now()));
      if (await table.update(extensionTurnKey(id), { set: { holder, until: now() + turn } }, free)) return;
      if (now() > last)
        throw new ConflictError(`extension "${id}" is being changed by somebody else; try again in a moment`);
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
      try {
        return await work();
      } finally {
        await table.delete(extensionTurnKey(id), equals('holder', holder));
      }
    },
    async start({ id, token, secret }) {
      await secrets.put(extensionTokenName(id, token), secret);
      await table.update(extensionKey(id), { set: { token }, remove: ['seen'] }, exists('pk'));
      await wake();
    },
    async stop(id) {
      const extension = await findExtension({ table }, id);
      if (extension?.token === undefined) return;
      if (sightOf(extension)?.state === 'running')
        await client(extension)
          .then((each) => each.shutdown())
          .catch(() => undefined);
      await table.update(extensionKey(id), { remove: ['token', 'seen'] }, exists('pk'));
      await secrets.remove(extensionTokenName(id, extension.token));
      await wake();
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
