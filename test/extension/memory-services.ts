/** Services of ECS in this process: each keeps the test extension running, which the test may let end. */
import { isDeepStrictEqual } from 'node:util';
import type { ExtensionServices, ServiceContainer, ServiceWork } from '../../lib/ports/extension-services.ts';
import { startExtension, type TestExtension } from './extension.ts';

export type MemoryServices = ExtensionServices & {
  /** What each service is to run, by the extension's id. */
  readonly works: Map<string, ServiceWork>;
  /** The running containers by the extension's id. */
  readonly running: Map<string, TestExtension & { readonly variables: Readonly<Record<string, string>> }>;
  /** Images whose containers end at once, with the reason. */
  readonly broken: Map<string, string>;
  /** Images that ECS does not take, with its words. */
  readonly refused: Map<string, string>;
  /** Images of which no container is started at all. */
  readonly awaited: Set<string>;
  /** Lets one end by itself. */
  readonly end: (id: string, reason: string) => Promise<void>;
  /** Starts what has ended, as ECS does by itself. */
  readonly restart: (id: string) => Promise<void>;
};

/** `secret`: what the secret store holds. */
export function createMemoryServices(secret: (name: string) => Promise<string | undefined>): MemoryServices {
  const works: MemoryServices['works'] = new Map();
  const running: MemoryServices['running'] = new Map();
  const broken = new Map<string, string>();
  const refused = new Map<string, string>();
  const awaited = new Set<string>();
  const newest = new Map<string, ServiceContainer & { readonly work: ServiceWork }>();
  let last = 0;

  async function end(id: string, reason: string): Promise<void> {
    const found = newest.get(id);
    if (found) newest.set(id, { ...found, state: 'stopped', url: '', reason });
    await running.get(id)?.close();
    running.delete(id);
  }

  async function restart(id: string): Promise<void> {
    const work = works.get(id);
    if (!work || awaited.has(work.image)) return;
    const arn = `task-${++last}`;
    const reason = broken.get(work.image);
    if (reason) return void newest.set(id, { arn, work, state: 'stopped', url: '', reason });
    const variables: Record<string, string> = { ...work.environment };
    for (const [name, key] of Object.entries(work.secrets)) variables[name] = (await secret(key)) ?? '';
    const bound = { ...variables, GOFER_EXTENSION_SYSTEM_BIND_ADDRESS: '127.0.0.1:0' };
    const extension = await startExtension(bound);
    running.set(id, { ...extension, variables });
    newest.set(id, { arn, work, state: 'running', url: extension.url });
  }

  return {
    works,
    running,
    broken,
    refused,
    awaited,
    end,
    restart,
    list: async () => [...works.keys()],
    async put(work) {
      const words = refused.get(work.image);
      if (words) throw new Error(words);
      if (isDeepStrictEqual(works.get(work.id), work)) return;
      works.set(work.id, work);
      await end(work.id, 'Scaling activity');
      await restart(work.id);
    },
    async remove(id) {
      works.delete(id);
      await end(id, 'Scaling activity');
    },
    async container(work) {
      const found = newest.get(work.id);
      return isDeepStrictEqual(found?.work, work) ? found : undefined;
    },
  };
}
