import { describe, expect, test } from 'vitest';
import { newSecret, withoutSecrets } from '../../lib/access/secret.ts';
import { deleteToken } from '../../lib/access/token-deletion.ts';
import {
  authenticate,
  bootstrapToken,
  createToken,
  getToken,
  listTokens,
  reopenBootstrap,
  setTokenDisabled,
  tokenView,
} from '../../lib/access/tokens.ts';
import { listEvents } from '../../lib/events/events.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { createMemoryHome, dyingAtEachWrite } from '../memory-home.ts';

const ann = { user: 'ann', roles: ['readers'], metadata: { a: 'b' } };

describe('the bootstrap token', () => {
  test('is made once, also by many at once', async () => {
    const home = createMemoryHome();
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => bootstrapToken(home)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(bootstrapToken(home)).rejects.toMatchObject({ status: 409 });
    expect((await listTokens(home)).map(tokenView)).toMatchObject([
      { user: 'bootstrap', roles: ['bootstrap'], metadata: { bootstrap_token: 'true' }, expires: 0, disabled: false },
    ]);
  });

  test('can still be had when its first maker died', async () => {
    await dyingAtEachWrite(
      async () => {},
      (home) => bootstrapToken(home),
      async (home) => {
        const { secret } = await bootstrapToken(home);
        expect(await authenticate(home, `Bearer ${secret}`)).toMatchObject({ user: 'bootstrap' });
      },
    );
  });
});

describe('a first token that nobody has any more', () => {
  test('gives way to another, and opens nothing from then on', async () => {
    const home = createMemoryHome();
    const lost = await bootstrapToken(home);
    await reopenBootstrap(home);
    const found = await bootstrapToken(home);
    expect(await authenticate(home, `Bearer ${lost.secret}`)).toBeUndefined();
    expect(await authenticate(home, `Bearer ${found.secret}`)).toMatchObject({ user: 'bootstrap' });
    await expect(bootstrapToken(home)).rejects.toMatchObject({ status: 409 });
  });

  test('changes nothing where there was none yet', async () => {
    const home = createMemoryHome();
    await reopenBootstrap(home);
    await expect(bootstrapToken(home)).resolves.toBeDefined();
  });

  test('can be replaced in the end, wherever a try before died', async () => {
    await dyingAtEachWrite(
      async (home) => void (await bootstrapToken(home)),
      (home) => reopenBootstrap(home),
      async (home) => {
        await reopenBootstrap(home);
        await bootstrapToken(home);
        const [lost, found] = await listTokens(home);
        expect([lost?.disabled, found?.disabled]).toEqual([true, false]);
        const told = (await listEvents(home)).flatMap(({ kind }) => ('disabled_token' in kind ? [kind] : []));
        expect(told).toEqual([{ disabled_token: { token_id: lost?.id, user: 'bootstrap' } }]);
      },
    );
  });
});

describe('a token', () => {
  test('identifies its user by its secret, which is stored nowhere', async () => {
    const table = createMemoryTable();
    const home = createMemoryHome({ table });
    const { token, secret } = await createToken(home, ann);
    expect(await authenticate(home, `Bearer ${secret}`)).toEqual(token);
    expect(await authenticate(home, `bearer  ${secret}`)).toEqual(token);
    const stored = [...table.partitions.values()].flatMap((items) => [...items.values()]);
    expect(JSON.stringify(stored)).not.toContain(secret.slice(6, 30));
  });

  test('is refused when it is missing, mistyped, unknown, or shown in another way', async () => {
    const home = createMemoryHome();
    const { secret } = await createToken(home, ann);
    const elsewhere = await createToken(createMemoryHome(), ann);
    const mistyped = `${secret.slice(0, 10)}${secret[10] === 'a' ? 'b' : 'a'}${secret.slice(11)}`;
    for (const header of [undefined, '', 'Bearer', secret, `Basic ${secret}`, `Bearer ${secret}x`])
      expect(await authenticate(home, header)).toBeUndefined();
    for (const other of [mistyped, elsewhere.secret, secret.slice(0, -1)])
      expect(await authenticate(home, `Bearer ${other}`)).toBeUndefined();
  });

  test('that is mistyped is refused without asking the table', async () => {
    const home = createMemoryHome();
    const get = () => Promise.reject(new Error('the table was asked'));
    expect(await authenticate({ ...home, table: { ...home.table, get } }, 'Bearer gofer_x')).toBeUndefined();
  });

  test('can be recognised by secret scanners', async () => {
    expect((await createToken(createMemoryHome(), ann)).secret).toMatch(/^gofer_[\w-]{43}[0-9a-f]{8}$/);
  });

  test('ends when it expires', async () => {
    const home = createMemoryHome();
    const { token, secret } = await createToken(home, { ...ann, expires: 3600 });
    expect(token.expires).toBe(token.created + 3_600_000);
    home.pass(3590);
    expect(await authenticate(home, `Bearer ${secret}`)).toBeDefined();
    home.pass(11);
    expect(await authenticate(home, `Bearer ${secret}`)).toBeUndefined();
  });

  test('rests while it is disabled, and is gone when deleted', async () => {
    const home = createMemoryHome();
    const { token, secret } = await createToken(home, ann);
    await setTokenDisabled(home, token.id, true);
    expect(await authenticate(home, `Bearer ${secret}`)).toBeUndefined();
    await setTokenDisabled(home, token.id, false);
    expect(await authenticate(home, `Bearer ${secret}`)).toMatchObject({ id: token.id });
    await deleteToken(home, token.id);
    expect(await authenticate(home, `Bearer ${secret}`)).toBeUndefined();
    await expect(getToken(home, token.id)).rejects.toMatchObject({ status: 404 });
    await expect(deleteToken(home, token.id)).rejects.toMatchObject({ status: 404 });
  });

  test('is listed oldest first', async () => {
    const home = createMemoryHome();
    for (const user of ['one', 'two', 'three']) await createToken(home, { ...ann, user });
    expect((await listTokens(home)).map(({ user }) => user)).toEqual(['one', 'two', 'three']);
    expect((await listTokens(home, { limit: 1, reverse: true })).map(({ user }) => user)).toEqual(['three']);
  });
});

describe('a text with tokens in it', () => {
  test('is shown without them', () => {
    const [one, other] = [newSecret(), newSecret()];
    expect(withoutSecrets(`a ${one} b "${other}"`)).toBe('a *** b "***"');
  });

  test.each([0, 1, 2, 3])('is shown without them in base64 too, %i bytes in', (before) => {
    const text = Buffer.from(`${':'.repeat(before)}${newSecret()}:rest`).toString('base64');
    const [left = '', right = ''] = withoutSecrets(text).split('***');
    expect(Buffer.from(left, 'base64').toString()).toMatch(/^:*g?o?$/);
    expect(Buffer.from(right, 'base64').length).toBeLessThanOrEqual(':rest'.length);
  });

  test('keeps what only looks like one', () => {
    const wrong = newSecret().replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(withoutSecrets(`gofer_pipeline ${wrong}`)).toBe(`gofer_pipeline ${wrong}`);
    const encoded = [wrong, `.${wrong}`, `..${wrong}`].map((text) => Buffer.from(text).toString('base64')).join(' ');
    expect(withoutSecrets(encoded)).toBe(encoded);
  });
});
