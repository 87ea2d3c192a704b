/** The end of events where the table doesn't remove by itself what has expired: dynalite doesn't, DynamoDB does. */
import type { Home } from '../home.ts';
import { eventsPartition } from '../store/items/event.ts';
import { eventRetention } from './events.ts';

const day = 24 * 60 * 60 * 1000;

/** Items that are removed side by side. */
const batch = 100;

/** Removes the events of all days that are over for longer than events are kept, up to `days` back. Returns how many. */
export async function expireEvents(home: Pick<Home, 'table' | 'now'>, days: number): Promise<number> {
  const newest = home.now() - eventRetention - day;
  let removed = 0;
  for (let back = 0; back < days; back++) {
    const partition = eventsPartition(newest - back * day);
    for (;;) {
      const items = await home.table.query(partition, { limit: batch });
      await Promise.all(items.map((item) => home.table.delete(item)));
      removed += items.length;
      if (items.length < batch) break;
    }
  }
  return removed;
}
