import { describe, expect, it } from 'vitest';
import type { Secrets } from '../../lib/ports/secrets.ts';

/** What every implementation of the port `Secrets` does. Values here are no secrets. */
export function describeSecrets(create: () => Promise<Secrets>) {
  describe('secrets', () => {
    const name = 'default/build/pass.20word/value';

    it('are read as they were written', async () => {
      const secrets = await create();
      for (const value of ['x', 'two\nlines\n', 'ümläut "quoted" \\ 🔑', ' blank ']) {
        await secrets.put(name, value);
        expect(await secrets.get(name)).toBe(value);
      }
    });

    it('are nothing where none was written', async () => {
      const secrets = await create();
      await secrets.put(name, 'one');
      expect(await secrets.get('default/other/pass.20word/value')).toBeUndefined();
      expect(await secrets.get('constructor')).toBeUndefined();
    });

    it('are replaced, each by itself', async () => {
      const secrets = await create();
      await secrets.put(name, 'one');
      await secrets.put('_global/pass/value', 'of all');
      await secrets.put(name, 'two');
      expect(await secrets.get(name)).toBe('two');
      expect(await secrets.get('_global/pass/value')).toBe('of all');
    });

    it('leave the value before the last one to be masked', async () => {
      const secrets = await create();
      expect(await secrets.former(name)).toBeUndefined();
      await secrets.put(name, 'one');
      expect(await secrets.former(name)).toBeUndefined();
      await secrets.put(name, 'two');
      await secrets.put(name, 'three');
      expect(await secrets.former(name)).toBe('two');
      await secrets.remove(name);
      expect(await secrets.former(name)).toBeUndefined();
    });

    it('are removed, which may be repeated, and can be written again', async () => {
      const secrets = await create();
      await secrets.put(name, 'one');
      await secrets.remove(name);
      await secrets.remove(name);
      expect(await secrets.get(name)).toBeUndefined();
      await secrets.put(name, 'two');
      expect(await secrets.get(name)).toBe('two');
    });

    it('hold as much as the store says', async () => {
      const secrets = await create();
      const value = 'é'.repeat(secrets.limit.bytes / 2);
      await secrets.put(name, value);
      expect(await secrets.get(name)).toBe(value);
    });

    it('are one of two that are written at once, and whole', async () => {
      const secrets = await create();
      const [one, two] = ['1'.repeat(1000), '2'.repeat(1000)] as const;
      await Promise.all([secrets.put(name, one), secrets.put(name, two), secrets.put('a/b/c/value', 'other')]);
      expect([one, two]).toContain(await secrets.get(name));
      expect(await secrets.get('a/b/c/value')).toBe('other');
    });
  });
}
