/** Lists of objects page as all lists do, whosever the objects are. */
import { describe, expect, test } from 'vitest';
import { hooks, startWorld } from '../extension/world.ts';
import { runs } from './client.ts';

const pipeline = '/api/namespaces/default/pipelines/build/objects';
const lists = { pipeline, run: `${runs}/1/objects`, extension: '/api/extensions/hooks/objects' };

async function stored(list: string, keys: readonly string[]) {
  const { send } = await startWorld();
  await send(`POST ${runs}`, { body: { variables: {} } });
  await send('POST /api/extensions', { body: hooks });
  for (const key of keys) expect((await send(`POST ${list}/${key}`, { raw: key })).status).toBe(201);
  return async (query: string) => {
    const { json } = await send(`GET ${list}${query}`);
    return (json['objects'] as { key: string }[]).map(({ key }) => key).join('');
  };
}

describe.each(Object.entries(lists))('of objects, %s', (_, list) => {
  test.each([
    ['', 'abcd'],
    ['?limit=0', 'abcd'],
    ['?limit=2', 'ab'],
    ['?offset=1&limit=2', 'bc'],
    ['?reverse=true', 'dcba'],
    ['?reverse=true&offset=3', 'a'],
    ['?offset=4', ''],
  ])('%s: %s', async (query, keys) => expect(await (await stored(list, ['c', 'a', 'd', 'b']))(query)).toBe(keys));

  test.each([
    ['?limit=abc', 'query limit'],
    ['?offset=-1', 'query offset'],
  ])('%s is refused', async (query, why) => {
    const { send } = await startWorld();
    await send(`POST ${runs}`, { body: { variables: {} } });
    await send('POST /api/extensions', { body: hooks });
    const { status, json } = await send(`GET ${list}${query}`);
    expect([status, json]).toMatchObject([400, { message: expect.stringContaining(why) }]);
  });
});

test('more objects than are read at once are all there, in both directions, and only once', async () => {
  const keys = Array.from({ length: 250 }, (_, i) => `${1000 + i}`);
  const ask = await stored(lists.run, keys);
  expect(await ask('')).toBe(keys.join(''));
  expect(await ask('?reverse=true')).toBe(keys.toReversed().join(''));
  expect(await ask('?offset=99&limit=2')).toBe('10991100');
});
