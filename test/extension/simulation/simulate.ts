/**
 * The life of extensions on AWS: the API's functions and the one that looks after extensions, as they are, with a table
 * and secrets in memory, a simulated ECS, virtual time, and one seed that decides every interleaving.
 */
import { createExtensionsHandler } from '../../../lambdas/events/extensions.ts';
import { createExtensionHost } from '../../../lib/aws/extensions/host.ts';
import type { Exchange } from '../../../lib/extension/exchange.ts';
import type { Home } from '../../../lib/home.ts';
import { createMemoryHome } from '../../memory-home.ts';
import { through } from '../../simulation/through.ts';
import { type Call, isMistake, troubled, World } from '../../simulation/world.ts';
import { callApi } from './callers.ts';
import { atTheEnd, checkRemoval, watched } from './invariants.ts';
import { SimulatedServices } from './services.ts';

/** Virtual seconds of quiet after which all has to be right. */
const quiet = 600;

/** Seconds that the function has, as the stack gives it. */
const timeout = 55;

export type Result = { readonly violations: readonly string[]; readonly trace: readonly string[] };

export async function simulate(seed: number, options: { readonly trace?: boolean } = {}): Promise<Result> {
  const crash = seed % 4 !== 0;
  // These functions call more than those of a run do.
  const world = new World(seed, { crash, trace: options.trace ?? false, slowness: 0.2 });
  const lossy = world.chance(0.5);
  const memory = createMemoryHome({ settings: { kind: 'aws' } });
  const apiBaseUrl = async () => 'https://gofer.test';
  const home = { ...memory, apiBaseUrl, now: () => Math.round(world.now * 1000) };
  const forgiven = new Set<string>();
  const watch = { world, home, services: () => services };
  const table = watched(watch, forgiven);
  const lost = () => world.troubles && lossy && world.chance(0.4);
  const services: SimulatedServices = new SimulatedServices(world, {
    secret: (name) => home.secrets.values.get(name),
    told: () => world.after(world.random() * 3, () => lost() || tend('news')),
    removing: (id) => void checkRemoval(watch, id),
  });

  function homeOf(call: Call): Home & { readonly exchange: Exchange } {
    const own = { ...home, table: through(table, call), secrets: through(home.secrets, call) };
    const exchange: Exchange = (request) =>
      call(() => services.exchange(request)).catch((error: unknown) => {
        if (isMistake(error)) throw error;
        return { failed: String(error) };
      });
    const extensions = createExtensionHost({
      ...{ table: own.table, secrets: own.secrets, exchange, now: home.now },
      wake: async () => {
        await call(async () => lost() || tend('wake')).catch(() => undefined);
      },
      pause: (milliseconds) => world.sleep(milliseconds / 1000),
    });
    return { ...own, extensions, exchange };
  }

  function tend(why: string): void {
    world.deliver(`tend (${why})`, async (call) => {
      const { exchange, ...own } = homeOf(call);
      const born = world.now;
      const pause = (milliseconds: number) => world.sleep(milliseconds / 1000);
      const handler = createExtensionsHandler(own, { services: through(services.port, call), exchange }, { pause });
      const getRemainingTimeInMillis = () => (born + timeout - world.now) * 1000;
      await handler({}, { getRemainingTimeInMillis }).catch((error: unknown) => {
        const mistake = error instanceof AggregateError && error.errors.find(isMistake);
        throw mistake || error;
      });
    });
  }

  const everyMinute = () => {
    if (!lost()) tend('minute');
    world.after(60, everyMinute);
  };
  world.after(world.random() * 60, everyMinute);
  callApi(world, homeOf);
  await world.run(troubled + quiet, () => false);
  if (!world.violations.length) await atTheEnd(watch, forgiven);
  return { violations: world.violations, trace: world.trace };
}
