import { buffer, text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Content, Objects } from '../../lib/ports/objects.ts';

export async function* bytesOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

export const textOf = async (content: Content | undefined): Promise<string | undefined> =>
  content && text(content.bytes());

async function* brokenOff(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('the first half');
  throw new Error('the connection broke');
}

/** What every implementation of the port `Objects` does. */
export function describeObjects(create: () => Promise<Objects>) {
  describe('objects', () => {
    test('gives back what was stored, and tells its size', async () => {
      const objects = await create();
      expect(await objects.put('owner/one', bytesOf('hello ', 'wörld'))).toBe(12);
      const content = await objects.get('owner/one');
      expect(content?.size).toBe(12);
      expect(await objects.sizeOf('owner/one')).toBe(12);
      expect(await textOf(content)).toBe('hello wörld');
    });

    test('gives it as often as it is asked for', async () => {
      const objects = await create();
      await objects.put('owner/one', bytesOf('again'));
      const content = await objects.get('owner/one');
      expect([await textOf(content), await textOf(content)]).toEqual(['again', 'again']);
    });

    test('keeps every byte', async () => {
      const objects = await create();
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      await objects.put(
        'owner/all',
        (async function* () {
          yield all;
        })(),
      );
      const content = await objects.get('owner/all');
      expect(content && (await buffer(content.bytes()))).toEqual(Buffer.from(all));
    });

    test('stores nothing as nothing', async () => {
      const objects = await create();
      expect(await objects.put('owner/empty', bytesOf())).toBe(0);
      expect(await textOf(await objects.get('owner/empty'))).toBe('');
    });

    test('has none that was never stored', async () => {
      const objects = await create();
      await objects.put('owner/one', bytesOf('here'));
      expect(await objects.get('owner/other')).toBeUndefined();
      expect(await objects.sizeOf('owner/other')).toBeUndefined();
      expect(await objects.get('other/one')).toBeUndefined();
    });

    test('removes, once or twice', async () => {
      const objects = await create();
      await objects.put('owner/one', bytesOf('here'));
      await objects.put('owner/two', bytesOf('stays'));
      await objects.remove('owner/one');
      await objects.remove('owner/one');
      expect(await objects.get('owner/one')).toBeUndefined();
      expect(await textOf(await objects.get('owner/two'))).toBe('stays');
    });

    test('has nothing of bytes that broke off', async () => {
      const objects = await create();
      await expect(objects.put('owner/half', brokenOff())).rejects.toThrow('the connection broke');
      expect(await objects.get('owner/half')).toBeUndefined();
    });

    test.each(['../outside/x', 'owner', 'owner/../x', 'owner/a/b', '/owner/x', 'owner/.'])(
      'refuses the name %s',
      async (name) => {
        const objects = await create();
        await expect((async () => objects.put(name, bytesOf('x')))()).rejects.toThrow(name);
      },
    );

    test('gives addresses that take and give contents without the API, if it has any', async () => {
      const { addresses, get } = await create();
      if (!addresses) return;
      const body = Buffer.from('too large for the API');
      const { url, headers } = await addresses.upload('owner/large', body.length);
      expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(200);
      const other = Buffer.from('that comes after it..');
      expect((await fetch(url, { method: 'PUT', headers, body: other })).status).toBe(412);
      expect((await fetch(url, { method: 'PUT', body: other })).status).toBe(403);
      expect(await textOf(await get('owner/large'))).toBe(String(body));
      expect(await (await fetch(await addresses.download('owner/large'))).text()).toBe(String(body));
    });
  });
}
