import { describe, expect, test } from 'vitest';
import { homes } from './homes.ts';
import { hooks } from './world.ts';

describe.each(homes)('on %s', (_, startBare) => {
  async function startWorld() {
    const world = await startBare();
    const heard: { headers: Record<string, string>; body: number[] }[] = [];
    await world.send('POST /api/extensions', { body: hooks });
    world.containers.running.get('hooks')?.heard((event) => heard.push(event));
    return { ...world, heard };
  }

  test('an event from outside reaches the extension as it came', async () => {
    const { heard, send } = await startWorld();
    const headers = { 'X-Hub-Signature': 'sha256=1', 'Content-Type': 'text/plain', Authorization: 'Basic YTpi' };
    const { status } = await send('POST /api/external/hooks', { raw: 'no { JSON', headers });
    expect(status).toBe(204);
    expect(heard).toEqual([
      {
        headers: { 'x-hub-signature': 'sha256=1', 'content-type': 'text/plain', authorization: 'Basic YTpi' },
        body: [...Buffer.from('no { JSON')],
      },
    ]);
  });

  test('a token of Gofer is not handed on', async () => {
    const { heard, containers, send } = await startWorld();
    const secret = containers.running.get('hooks')?.variables['GOFER_EXTENSION_SYSTEM_SECRET'] ?? '';
    await send('POST /api/external/hooks', { headers: { authorization: `Bearer ${secret}` } });
    expect(heard).toEqual([{ headers: {}, body: [] }]);
  });

  test('what the extension says against it is told', async () => {
    const { containers, send } = await startWorld();
    containers.running.get('hooks')?.heard(() => {
      throw new Error('the signature is wrong');
    });
    const { status, json } = await send('POST /api/external/hooks', { raw: '{}' });
    expect([status, json['message']]).toEqual([400, 'extension "hooks" refused: the signature is wrong']);
  });

  test.each([
    ['an extension that is not there', 'unknown', 404, 'extension "unknown" does not exist'],
    ['one whose name is nearly right, without telling the right one', 'hoks', 404, 'extension "hoks" does not exist'],
  ])('is refused for %s', async (_, id, status, message) => {
    const { send } = await startWorld();
    const answer = await send(`POST /api/external/${id}`, { raw: 'x' });
    expect([answer.status, answer.json['message']]).toEqual([status, message]);
  });

  test('is refused when it is too large, and while the extension is off', async () => {
    const { heard, send } = await startWorld();
    expect((await send('POST /api/external/hooks', { raw: 'x'.repeat(1024 * 1024 + 1) })).status).toBe(413);
    await send('PATCH /api/extensions/hooks', { body: { enable: false } });
    expect((await send('POST /api/external/hooks', { raw: 'x' })).status).toBe(503);
    expect(heard).toEqual([]);
  });
});
