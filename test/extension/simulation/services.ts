/** ECS as far as extensions need it: services that keep one container each, which may end at any time. */
import type { Exchange, ExtensionAnswer } from '../../../lib/extension/exchange.ts';
import { secretVariable } from '../../../lib/extension/launch.ts';
import type { ExtensionServices, ServiceContainer, ServiceWork } from '../../../lib/ports/extension-services.ts';
import type { World } from '../../simulation/world.ts';

export type SimulatedContainer = {
  readonly arn: string;
  /** Counts up: a later container has a higher one. */
  readonly number: number;
  readonly work: ServiceWork;
  readonly url: string;
  state: 'coming' | 'running' | 'stopping' | 'stopped';
  reason?: string;
  /** Its bearer, once it has started. */
  secret?: string;
  /** When it says that it is well. */
  well: number;
  /** Keys of the subscriptions that it was told of. */
  readonly knows: Set<string>;
};

type Service = { readonly id: string; work: ServiceWork; draining: boolean; failures: number };

export type ServicesOptions = {
  /** What the secret store holds now. */
  readonly secret: (name: string) => string | undefined;
  /** A container has come to run, or has stopped. */
  readonly told: () => void;
  readonly removing: (id: string) => void;
};

export class SimulatedServices {
  readonly services = new Map<string, Service>();
  readonly containers: SimulatedContainer[] = [];
  readonly #world: World;
  readonly #options: ServicesOptions;
  /** Some images need long to be well. */
  readonly #slow: boolean;

  constructor(world: World, options: ServicesOptions) {
    this.#world = world;
    this.#options = options;
    this.#slow = world.chance(0.3);
  }

  readonly port: ExtensionServices = {
    list: async () => [...this.services.keys()],
    put: async (work) => {
      const service = this.services.get(work.id);
      if (service?.draining) return;
      if (service && sameWork(service.work, work)) return;
      if (service) service.work = work;
      else this.services.set(work.id, { id: work.id, work, draining: false, failures: 0 });
      this.#reconcile(work.id);
    },
    remove: async (id) => {
      const service = this.services.get(id);
      if (!service || service.draining) return;
      this.#options.removing(id);
      service.draining = true;
      this.#reconcile(id);
      this.#world.after(this.#world.random() * 20, () => this.services.delete(id));
    },
    container: async (work) => {
      const mine = this.containers.filter((each) => sameWork(each.work, work));
      const live = mine.findLast(({ state }) => state === 'coming' || state === 'running');
      const found = live ?? mine.at(-1);
      return found && sightOf(found);
    },
  };

  readonly exchange: Exchange = async ({ method, url, headers, body = '{}' }) => {
    const container = this.containers.find((each) => url.startsWith(`${each.url}/`) && isUp(each));
    if (!container) return { failed: 'connect ECONNREFUSED' };
    if (headers['authorization'] !== `Bearer ${container.secret}`) return { status: 401, text: '{"message":"who?"}' };
    return this.#answer(container, `${method} ${url.slice(container.url.length)}`, JSON.parse(body));
  };

  live = (id: string) => this.containers.filter((each) => each.work.id === id && isUp(each));

  #answer(container: SimulatedContainer, line: string, body: Record<string, unknown>): ExtensionAnswer {
    const key = `${body['pipeline_id']}/${body['pipeline_subscription_id']}`;
    const taken = { status: 204, text: '' };
    switch (line) {
      case 'GET /api/health':
        return this.#world.now < container.well ? { status: 503, text: '' } : taken;
      case 'GET /api/info':
        return { status: 200, text: JSON.stringify({ documentation }) };
      case 'POST /api/subscribe':
        container.knows.add(key);
        this.#world.log(container.arn, 'knows', key);
        return taken;
      case 'DELETE /api/subscribe':
        container.knows.delete(key);
        this.#world.log(container.arn, 'forgets', key);
        return taken;
      case 'POST /api/shutdown':
        this.#world.after(0.1, () => this.#stop(container, 'it ended with exit code 0'));
        return taken;
      default:
        throw new TypeError(`nobody asks ${line}`);
    }
  }

  /** What ECS does by itself: one at most, and that of the newest definition. */
  #reconcile(id: string): void {
    const service = this.services.get(id);
    const alive = this.containers.filter((each) => each.work.id === id && each.state !== 'stopped');
    for (const each of alive)
      if (!service || service.draining || !sameWork(each.work, service.work)) this.#stop(each, 'Scaling activity');
    if (service && !service.draining && !alive.length) this.#start(service);
  }

  #start(service: Service): void {
    const world = this.#world;
    const number = this.containers.length;
    const arn = `task-${number}`;
    const { work } = service;
    const container: SimulatedContainer = {
      ...{ arn, number, work, url: `http://${arn}:8082`, state: 'coming', well: 0, knows: new Set<string>() },
    };
    this.containers.push(container);
    world.log('ECS starts', arn, work.id);
    world.after(1 + world.random() * 15 + Math.min(service.failures * 10, 120), () => {
      if (container.state !== 'coming') return;
      const secret = this.#options.secret(work.secrets[secretVariable] ?? '');
      service.failures = secret === undefined ? service.failures + 1 : 0;
      if (secret === undefined) return this.#stop(container, 'ResourceInitializationError: no such secret');
      container.secret = secret;
      container.state = 'running';
      container.well = world.now + world.random() * (this.#slow ? 150 : 4);
      this.#options.told();
      if (world.troubles && world.chance(0.7))
        world.after(
          world.random() * world.pick([10, 300]),
          () => world.troubles && this.#stop(container, 'it died', 0),
        );
    });
  }

  #stop(container: SimulatedContainer, reason: string, within = 10): void {
    if (container.state === 'stopped' || container.state === 'stopping') return;
    const world = this.#world;
    container.state = 'stopping';
    world.after(world.random() * within, () => {
      container.state = 'stopped';
      container.reason = reason;
      container.knows.clear();
      world.log('ECS stopped', container.arn, reason);
      this.#options.told();
      this.#reconcile(container.work.id);
    });
  }
}

const isUp = ({ state, secret }: SimulatedContainer) =>
  state === 'running' || (state === 'stopping' && secret !== undefined);

const sameWork = (a: ServiceWork, b: ServiceWork) => JSON.stringify(a) === JSON.stringify(b);

function sightOf({ arn, url, state, reason = 'it is being stopped' }: SimulatedContainer): ServiceContainer {
  if (state === 'coming') return { arn, state, url: '' };
  if (state === 'running') return { arn, state, url };
  return { arn, state: 'stopped', url: '', reason };
}

const documentation = { body: 'A simulated one.', config_params: [], pipeline_subscription_params: [] };
