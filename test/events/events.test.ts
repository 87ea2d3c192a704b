import { describe, expect, test } from 'vitest';
import { deleteEvent, type EventKind, emit, eventView, getEvent, listEvents } from '../../lib/events/events.ts';
import { expireEvents } from '../../lib/events/expire.ts';
import { eventFilter } from '../../lib/events/filter.ts';
import { eventsPartition } from '../../lib/store/items/event.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';

const day = 24 * 60 * 60;
const created = (namespace_id: string): EventKind => ({ created_namespace: { namespace_id } });
const happen = (home: MemoryHome, name: string, time = home.now()) =>
  emit(home, { time, kind: created(name), key: name });
const names = (events: Awaited<ReturnType<typeof listEvents>>) =>
  events.map(({ kind }) => ('created_namespace' in kind ? kind.created_namespace.namespace_id : ''));

describe('an event', () => {
  test('is one, however often the same fact is emitted', async () => {
    const home = createMemoryHome();
    const time = home.now();
    await Promise.all([1, 2, 3].map(() => happen(home, 'one', time)));
    await happen(home, 'one', time);
    await happen(home, 'two', time);
    expect(names(await listEvents(home)).sort()).toEqual(['one', 'two']);
  });

  test('has an id that is a UUID v7 of its time, by which it is found and deleted', async () => {
    const home = createMemoryHome();
    const time = home.now();
    await happen(home, 'one', time);
    const [event] = await listEvents(home);
    const id = event?.id ?? '';
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventView(await getEvent(home, id))).toEqual({ id, emitted: time, kind: created('one') });
    await deleteEvent(home, id);
    await expect(getEvent(home, id)).rejects.toThrow(`event "${id}" does not exist`);
  });

  test('that was deleted does not come back with a step that tells it again', async () => {
    const home = createMemoryHome();
    const time = home.now();
    await happen(home, 'one', time);
    const [event] = await listEvents(home);
    await deleteEvent(home, event?.id ?? '');
    await happen(home, 'one', time);
    expect(await listEvents(home)).toEqual([]);
  });

  test('is unknown under an id that is none', async () => {
    await expect(getEvent(createMemoryHome(), 'nonsense')).rejects.toMatchObject({ status: 404 });
  });

  test('expires after 30 days', async () => {
    const home = createMemoryHome();
    const time = home.now();
    await happen(home, 'one', time);
    expect((await listEvents(home))[0]?.expires_at).toBe(Math.ceil(time / 1000) + 30 * day);
    home.pass(31 * day);
    expect(await listEvents(home)).toEqual([]);
  });
});

test('where the table removes nothing by itself, what has expired is removed, and nothing else', async () => {
  const home = createMemoryHome();
  for (let i = 0; i < 250; i++) await happen(home, `old ${i}`);
  const old = home.now();
  home.pass(20 * day);
  await happen(home, 'young');
  home.pass(12 * day);
  expect(await expireEvents(home, 3)).toBe(250);
  expect(await home.table.query(eventsPartition(old))).toEqual([]);
  expect(names(await listEvents(home))).toEqual(['young']);
  expect(await expireEvents(home, 3)).toBe(0);
});

describe('the list of events', () => {
  async function threeDays() {
    const home = createMemoryHome();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await happen(home, name);
      home.pass(day / 2);
    }
    return home;
  }

  test('is in order of time over days, from both ends', async () => {
    const home = await threeDays();
    expect(names(await listEvents(home))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(names(await listEvents(home, { reverse: true }))).toEqual(['f', 'e', 'd', 'c', 'b', 'a']);
  });

  test('is cut into pages that meet', async () => {
    const home = await threeDays();
    expect(names(await listEvents(home, { limit: 4 }))).toEqual(['a', 'b', 'c', 'd']);
    expect(names(await listEvents(home, { offset: 4, limit: 4 }))).toEqual(['e', 'f']);
    expect(names(await listEvents(home, { offset: 1, limit: 2, reverse: true }))).toEqual(['e', 'd']);
  });

  test('begins after an event, or at a time, and ends at one', async () => {
    const home = await threeDays();
    const [, , c, d] = await listEvents(home);
    expect(names(await listEvents(home, { after: c?.id ?? '' }))).toEqual(['d', 'e', 'f']);
    expect(names(await listEvents(home, { after: c?.id ?? '', limit: 1 }))).toEqual(['d']);
    const bounds = { from: c?.emitted ?? 0, to: d?.emitted ?? 0 };
    expect(names(await listEvents(home, bounds))).toEqual(['c', 'd']);
  });

  test('may be picked from, and its pages then hold as many of those that are wanted', async () => {
    const home = createMemoryHome();
    for (let i = 0; i < 400; i++) {
      await happen(home, `noise-${i}`);
      if (i % 100 === 0) await happen(home, 'wanted');
    }
    const where = eventFilter({ namespace: 'wanted' });
    expect(await listEvents(home, { where })).toHaveLength(4);
    expect(await listEvents(home, { where, limit: 3 })).toHaveLength(3);
    expect(await listEvents(home, { where, reverse: true, offset: 3, limit: 3 })).toHaveLength(1);
  });

  test('longer than one read is whole from both ends', async () => {
    const home = createMemoryHome();
    const all = Array.from({ length: 1300 }, (_, i) => `event-${i}`);
    for (const name of all) await happen(home, name);
    expect(names(await listEvents(home))).toEqual(all);
    expect(names(await listEvents(home, { reverse: true }))).toEqual(all.toReversed());
  });
});
