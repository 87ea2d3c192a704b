/** What holds at every moment, and what holds when all has become quiet. */
import { listTokens } from '../../../lib/access/tokens.ts';
import { listEvents } from '../../../lib/events/events.ts';
import { secretVariable } from '../../../lib/extension/launch.ts';
import { extensionTokenName } from '../../../lib/extension/secrets.ts';
import {
  type ExtensionItem,
  extensionKey,
  extensionsPartition,
  extensionTurnsPartition,
  type SubscriptionItem,
  subscriptionsPartition,
} from '../../../lib/store/items/extension.ts';
import type { Item, Key, Table } from '../../../lib/store/table.ts';
import type { MemoryHome } from '../../memory-home.ts';
import type { World } from '../../simulation/world.ts';
import { extensionIds } from './callers.ts';
import type { SimulatedServices } from './services.ts';

type Watched = { readonly world: World; readonly home: MemoryHome; readonly services: () => SimulatedServices };

const isWanted = (row: ExtensionItem | undefined) =>
  row?.token !== undefined && row.status === 'enabled' && row.uninstalled === undefined;

const keyOf = ({ pipeline, id }: SubscriptionItem) => `${pipeline}/${id}`;

/** The table; each write of an extension's row is looked at. */
export function watched({ world, home, services }: Watched, forgiven: Set<string>): Table {
  const { table } = home;
  const rowOf = async (id: string) => (await table.get(extensionKey(id))) as ExtensionItem | undefined;
  const numberOf = (arn = '') => services().containers.find((each) => each.arn === arn)?.number ?? -1;
  async function written(key: Key, before: ExtensionItem | undefined, now: Item | undefined) {
    if (key.pk !== extensionsPartition || !now) return;
    const { id, seen, token } = now as ExtensionItem;
    if (!seen || seen === before?.seen) return;
    if (before?.seen && before.token === token && numberOf(seen.arn) < numberOf(before.seen.arn) && seen.arn !== '')
      world.violate(`${id}: ${seen.arn} is noted over ${before.seen.arn}, which is newer`);
    if (seen.state !== 'running') return;
    const container = services().containers.find(({ arn }) => arn === seen.arn);
    if (container?.work.secrets[secretVariable] !== extensionTokenName(id, token ?? ''))
      world.violate(`${id}: ${seen.arn} is greeted, which does not run with its token`);
  }
  return {
    ...table,
    async put(item, condition) {
      const before = item.pk === extensionsPartition ? await rowOf(item.sk) : undefined;
      const now = await table.put(item, condition);
      await written(item, before, now);
      return now;
    },
    async update(key, change, condition) {
      const before = key.pk === extensionsPartition ? await rowOf(key.sk) : undefined;
      const now = await table.update(key, change, condition);
      await written(key, before, now);
      return now;
    },
    async delete(key, condition) {
      const before = (await table.get(key)) as SubscriptionItem | undefined;
      const gone = await table.delete(key, condition);
      if (!gone || !before || key.pk !== subscriptionsPartition) return gone;
      // One that could not be told of its end goes on knowing it, and may start nothing of it.
      const reachable = (await rowOf(before.extension))?.seen?.state === 'running' && before.status !== 'unknown';
      if (!reachable) for (const { arn } of services().live(before.extension)) forgiven.add(`${arn} ${keyOf(before)}`);
      return gone;
    },
  };
}

/** Nobody removes the service of one that is to run. */
export async function checkRemoval({ world, home }: Watched, id: string): Promise<void> {
  const row = (await home.table.get(extensionKey(id))) as ExtensionItem | undefined;
  if (isWanted(row)) world.violate(`${id}: its service is removed while it is to run`);
}

export async function atTheEnd({ world, home, services }: Watched, forgiven: ReadonlySet<string>): Promise<void> {
  const ensure = (holds: boolean, what: string) => holds || world.violate(what);
  const events = await listEvents(home);
  const told = (kind: string, id: string) =>
    events.filter((event) => (event.kind as Record<string, { id?: string }>)[kind]?.id === id);
  ensure((await home.table.query(extensionTurnsPartition)).length === 0, 'a turn is never given back');
  const subscriptions = (await home.table.query(subscriptionsPartition)) as SubscriptionItem[];
  const tokens = await listTokens(home);
  for (const id of extensionIds) {
    const row = (await home.table.get(extensionKey(id))) as ExtensionItem | undefined;
    const { token = '' } = row ?? {};
    const name = extensionTokenName(id, token);
    const wanted = row?.status === 'enabled';
    ensure(!row || row.uninstalled === undefined, `${id}: its uninstalling was never finished`);
    ensure(!wanted || isWanted(row), `${id}: is enabled and has no token`);
    const kept = [...home.secrets.values.keys()].filter((each) => each.startsWith(`_extension/${id}/`));
    const right = [...(row?.registry ? [`_extension/${id}/_registry/value`] : []), ...(wanted ? [name] : [])];
    ensure(
      kept.every((each) => right.includes(each)) && (!wanted || kept.includes(name)),
      `${id}: the secrets hold ${kept.length} values: ${kept.join(' ')}`,
    );
    const own = tokens.filter(({ extension }) => extension === id).map((each) => each.id);
    ensure(own.join() === (wanted ? token : ''), `${id}: has ${own.length} tokens`);
    const service = services().services.get(id);
    const live = services().containers.filter((each) => each.work.id === id && each.state !== 'stopped');
    if (!row || !wanted) {
      ensure(service === undefined && live.length === 0, `${id}: has a service or container that nobody wants`);
      if (row?.modified)
        ensure(told('disabled_extension', id).length > 0, `${id}: nobody was told that it is disabled`);
      continue;
    }
    ensure(service?.work.secrets[secretVariable] === name, `${id}: its service does not run with its token`);
    const [container] = live;
    ensure(live.length === 1, `${id}: has ${live.length} containers`);
    ensure(row.seen?.state === 'running', `${id}: is ${row.seen?.state ?? 'not seen'}: ${row.seen?.reason}`);
    ensure(row.seen?.arn === container?.arn, `${id}: is seen as another container than it has`);
    const installed = told('installed_extension', id).some(({ emitted }) => emitted === row.created);
    ensure(installed, `${id}: nobody was told that it is installed`);
    const enabled = !row.modified || told('enabled_extension', id).some(({ emitted }) => emitted === row.modified);
    ensure(enabled, `${id}: nobody was told that it is enabled`);
    const mine = subscriptions.filter(({ extension }) => extension === id);
    for (const each of mine) {
      const right = each.removed === undefined && (each.status === 'active' || each.status === 'disabled');
      ensure(right, `${id}: subscription ${keyOf(each)} is ${each.status} ${each.reason ?? ''}`);
    }
    const active = mine.filter(({ status }) => status === 'active').map(keyOf);
    const unknown = active.filter((each) => !container?.knows.has(each));
    ensure(!unknown.length, `${id}: ${container?.arn} was never told of ${unknown.join(' ')}`);
    const more = [...(container?.knows ?? [])].filter((each) => !active.includes(each));
    const wrong = more.filter((each) => !forgiven.has(`${container?.arn} ${each}`));
    ensure(!wrong.length, `${id}: ${container?.arn} still knows ${wrong.join(' ')}`);
  }
}
