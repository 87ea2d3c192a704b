/** Those who call the API: they install, switch, uninstall and subscribe, several at once, and seldom try again. */
import { randomUUID } from 'node:crypto';
import { installExtension, setExtensionEnabled, uninstallExtension } from '../../../lib/extension/install.ts';
import type { Home } from '../../../lib/home.ts';
import { deletePipeline } from '../../../lib/pipeline/delete.ts';
import { getPipeline } from '../../../lib/pipeline/pipelines.ts';
import { type PipelineItem, pipelineKey } from '../../../lib/store/items/pipeline.ts';
import { missing } from '../../../lib/store/table.ts';
import {
  createSubscription,
  deleteSubscription,
  setSubscriptionStatus,
} from '../../../lib/subscription/subscriptions.ts';
import type { Call, World } from '../../simulation/world.ts';

export const extensionIds = ['one', 'two'] as const;
const pipelines = ['build', 'test'] as const;
const subscriptions = ['sub-1', 'sub-2'] as const;

/** Virtual seconds after which nobody calls any more. */
const calm = 800;

export function callApi(world: World, homeOf: (call: Call) => Home): void {
  const request = (name: string, work: (home: Home) => Promise<unknown>) => {
    const crashed = () => world.chance(0.3) && world.after(world.random() * 90, () => request(name, work));
    world.spawn(name, (call) => work(homeOf(call)), { crashed });
  };
  const ask = () => {
    const id = world.pick(extensionIds);
    const [name, work] = world.pick(deeds(world, id));
    request(`${name} ${id}`, work);
  };
  for (const id of extensionIds) {
    const settings = { at: String(world.now) };
    world.after(world.random() * 20, () =>
      request(`install ${id}`, (home) => installExtension(home, { id, image: id, settings })),
    );
  }
  for (const id of pipelines) world.after(0, () => request(`register ${id}`, (home) => register(home, id)));
  const often = world.pick([4, 15, 40]);
  for (let at = 30; at < calm; at += world.random() * often) world.after(at, ask);
}

type Deed = readonly [string, (home: Home) => Promise<unknown>];

function deeds(world: World, id: string): readonly Deed[] {
  const name = world.pick(pipelines);
  const wanted = { extension: id, id: world.pick(subscriptions) };
  const of = (home: Home) => getPipeline(home, 'default', name);
  const registry_auth = { user: 'bot', pass: 'secret' };
  const subscribe: Deed = [
    `subscribe ${name} ${wanted.id}`,
    async (home) => createSubscription(home, await of(home), { ...wanted, settings: {} }),
  ];
  return [
    [
      'install',
      (home) => installExtension(home, { id, image: id, settings: {}, ...(world.chance(0.3) && { registry_auth }) }),
    ],
    ['uninstall', (home) => uninstallExtension(home, id)],
    ['enable', (home) => setExtensionEnabled(home, id, true)],
    ['enable', (home) => setExtensionEnabled(home, id, true)],
    ['disable', (home) => setExtensionEnabled(home, id, false)],
    ...[subscribe, subscribe, subscribe],
    [`unsubscribe ${name} ${wanted.id}`, async (home) => deleteSubscription(home, await of(home), wanted)],
    ...(['active', 'disabled'] as const).map(
      (status): Deed => [
        `make ${status} ${name} ${wanted.id}`,
        async (home) => setSubscriptionStatus(home, await of(home), { ...wanted, status }),
      ],
    ),
    [
      `make anew ${name}`,
      async (home) => {
        await deletePipeline(home, 'default', name);
        await register(home, name);
      },
    ],
    [`register ${name}`, (home) => register(home, name)],
  ];
}

async function register(home: Home, id: string): Promise<void> {
  const item: PipelineItem = {
    ...pipelineKey('default', id),
    ...{ uid: randomUUID(), namespace: 'default', id, state: 'active' },
    ...{ created: home.now(), modified: 0, last_version: 0, parallelism: 0 },
  };
  await home.table.put(item, missing('pk'));
}
