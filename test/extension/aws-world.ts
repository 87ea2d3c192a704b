/** The API before a home in memory whose extensions are kept as on AWS; a pipeline "build" is registered. */
import { onTestFinished } from 'vitest';
import { createExtensionHost } from '../../lib/aws/extensions/host.ts';
import { listEvents } from '../../lib/events/events.ts';
import { exchange } from '../../lib/extension/exchange.ts';
import type { ExtensionHost } from '../../lib/extension/host.ts';
import { type Tended, tendExtensions } from '../../lib/extension/tend.ts';
import { buildConfig, configs, type Send, startApi } from '../api/client.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';
import { createMemoryServices, type MemoryServices } from './memory-services.ts';
import { hooks } from './world.ts';

export type AwsHome = MemoryHome & { readonly extensions: ExtensionHost };

export type AwsWorld = {
  readonly home: AwsHome;
  readonly containers: MemoryServices;
  /** Looks after extensions, once. */
  readonly tend: () => Promise<Tended>;
  /** Looks after them until none comes up any more. */
  readonly settle: () => Promise<Tended>;
  readonly send: Send;
};

type Wake = () => Promise<void>;

export async function startAwsWorld(wake?: Wake): Promise<AwsWorld> {
  const home = withExtensions(createMemoryHome({ settings: { kind: 'aws' } }), wake);
  const containers = createMemoryServices((name) => home.secrets.get(name));
  onTestFinished(async () => {
    for (const id of containers.works.keys()) await containers.remove(id);
  });
  const tend = () => tendExtensions(home, { services: containers, exchange });
  const settle = async () => {
    for (let looks = 0; ; looks++) {
      const tended = await tend();
      if (!tended.soon || looks === 10) return tended;
    }
  };
  const send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  return { home, containers, tend, settle, send };
}

/** The home with extensions as on AWS, over its own table. `wake`: the function that looks after them is told. */
export function withExtensions(home: MemoryHome, wake: Wake = async () => {}): AwsHome {
  const { table, secrets, now, pass } = home;
  // Nobody here waits for a turn: the clock ticks with each look at it.
  const pause = async () => pass(1);
  const extensions = createExtensionHost({ table, secrets, exchange, wake, now, pause });
  return { ...home, extensions, apiBaseUrl: async () => 'https://gofer.test/prod' };
}

export const bearer = 'GOFER_EXTENSION_SYSTEM_SECRET';

/** With the extension "hooks", which runs. */
export async function startInstalled(): Promise<AwsWorld> {
  const world = await startAwsWorld();
  await world.send('POST /api/extensions', { body: hooks });
  await world.settle();
  return world;
}

/** An extension as the API shows it. */
export const shown = async ({ send }: AwsWorld, id = 'hooks') =>
  (await send(`GET /api/extensions/${id}`)).json['extension'] as Readonly<Record<string, unknown>>;

/** Subscriptions that the container knows. */
export const knows = ({ containers }: AwsWorld) => [...(containers.running.get('hooks')?.subscriptions.keys() ?? [])];

/** Names of the secrets of extensions. */
export const ownSecrets = ({ home }: AwsWorld) =>
  [...home.secrets.values.keys()].filter((each) => each.startsWith('_extension/'));

/** Kinds of the events of extensions. */
export const kinds = async ({ home }: AwsWorld) =>
  (await listEvents(home)).flatMap(({ kind }) => Object.keys(kind)).filter((name) => name.endsWith('_extension'));
