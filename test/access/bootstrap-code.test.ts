import { beforeEach, describe, expect, test } from 'vitest';
import { bootstrapToken } from '../../lib/access/tokens.ts';
import type { Home } from '../../lib/home.ts';
import { listNamespaces } from '../../lib/namespace/namespaces.ts';
import { startApi } from '../api/client.ts';
import { createMemoryHome } from '../memory-home.ts';

let kept: string | undefined;
let reads: number;
let home: Home;

beforeEach(() => {
  kept = 'the-right-one';
  reads = 0;
  home = {
    ...createMemoryHome(),
    bootstrapCode: {
      read: async () => {
        reads++;
        return kept;
      },
      remove: async () => {
        kept = undefined;
      },
    },
  };
});

const bootstrap = async (code?: string, body: unknown = {}) => {
  const send = await startApi(home);
  return send('POST /api/tokens/bootstrap', {
    body,
    ...(code !== undefined && { headers: { 'Gofer-Bootstrap-Code': code } }),
  });
};

describe('an installation with a one-time code', () => {
  test('gives the first token to whoever knows it, once', async () => {
    const { status, json } = await bootstrap('the-right-one');
    expect([status, json['secret']]).toEqual([201, expect.stringMatching(/^gofer_/)]);
    expect(kept).toBeUndefined();
    expect((await bootstrap('the-right-one')).status).toBe(409);
  });

  test('has the namespace that clients start in when somebody may enter, and nothing before', async () => {
    expect(await listNamespaces(home, {})).toEqual([]);
    await bootstrapToken(home, 'the-wrong-one').catch(() => undefined);
    expect(await listNamespaces(home, {})).toEqual([]);
    await bootstrapToken(home, 'the-right-one');
    expect(await listNamespaces(home, {})).toMatchObject([{ id: 'default' }]);
  });

  test.each([
    ['none', undefined, 'needs the one-time code'],
    ['an empty one', '', 'needs the one-time code'],
    ['a wrong one', 'the-right-two', 'this is not the one-time code'],
    ['a part of it', 'the-right', 'this is not the one-time code'],
  ])('gives nothing for %s, and tells where the code is', async (_, code, said) => {
    const { status, json } = await bootstrap(code);
    expect([status, json]).toEqual([
      403,
      { request_id: 'request-1', error_code: 'bootstrap_code', message: expect.stringContaining(said) },
    ]);
    expect(json['message']).toContain('gofer token bootstrap --aws');
    expect(JSON.stringify(json)).not.toContain('the-right-one');
    expect((await bootstrap('the-right-one')).status).toBe(201);
  });

  test('does not open because its code is gone', async () => {
    kept = undefined;
    const { status, json } = await bootstrap('anything');
    expect([status, json['message']]).toEqual([403, expect.stringContaining('put a new one there')]);
  });

  test('asks for its code only when somebody names one and no token has been made', async () => {
    await bootstrap();
    expect(reads).toBe(0);
    await bootstrap('the-right-one');
    await bootstrap('the-right-one');
    expect(reads).toBe(1);
  });

  test('gives the token also when the used code can’t be removed', async () => {
    const stuck = { read: async () => kept, remove: async () => Promise.reject(new Error('throttled')) };
    home = { ...home, bootstrapCode: stuck };
    expect((await bootstrap('the-right-one')).status).toBe(201);
    expect((await bootstrap('the-right-one')).status).toBe(409);
  });
});

test('an installation without one gives the first token to whoever asks first', async () => {
  home = createMemoryHome();
  expect((await bootstrap()).status).toBe(201);
});
