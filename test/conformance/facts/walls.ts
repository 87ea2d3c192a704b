/** Namespaces are walls: who is outside can't even tell what there is. */
import { beforeAll, expect, test } from 'vitest';
import { expectRefusal } from '../expectations.ts';
import { operationOf, type World } from '../world.ts';

export function walls(world: () => World) {
  let inside: Readonly<Record<string, string | number>>;
  let token: string;
  beforeAll(async () => {
    const { namespace, pipeline, role, token: tokenWith } = world();
    inside = await pipeline(undefined, await namespace());
    const mine = await namespace();
    await pipeline(undefined, mine);
    const all = ['pipelines', 'configs', 'deployments', 'runs', 'secrets', 'objects', 'subscriptions', 'events'];
    const resources = [`namespaces:^${mine['namespace_id']}$`, ...all];
    const { role_id = '' } = await role([{ resources, actions: ['read', 'write', 'delete'] }]);
    token = (await tokenWith(role_id)).secret;
  });

  test.each(['get_namespace', 'list_pipelines', 'get_pipeline', 'list_runs', 'list_pipeline_secrets'])(
    '%s answers the same for what is and what isn’t there',
    async (id) => {
      const outside = { namespace_id: 'nowhere', pipeline_id: 'nothing' };
      const answers = await Promise.all(
        [inside, outside].map((params) => world().ask(operationOf(id), { params, token })),
      );
      const told = answers.map((answer, i) => {
        expectRefusal(answer, 401);
        const names = Object.values(i === 0 ? inside : outside).map(String);
        const { message } = answer.json as { message: string };
        return names.reduce((text, name) => text.replaceAll(name, '…'), message);
      });
      expect(told[0]).toBe(told[1]);
    },
  );

  test('lists and events show nothing of it', async () => {
    const hidden = String(inside['namespace_id']);
    for (const id of ['list_namespaces', 'stream_events', 'list_global_secrets', 'list_extensions']) {
      const { text } = await world().ask(operationOf(id), { token });
      expect([id, text]).not.toEqual([id, expect.stringContaining(hidden)]);
    }
  });
}
