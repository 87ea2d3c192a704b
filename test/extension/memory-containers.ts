/** Containers of extensions in this process: each is the test extension, which the test may let die. */
import type { ExtensionContainers, ExtensionWork } from '../../lib/ports/extension-containers.ts';
import type { LogStream } from '../../lib/ports/logs.ts';
import { startExtension, type TestExtension } from './extension.ts';

export type MemoryContainers = ExtensionContainers & {
  /** The running ones by id. */
  readonly running: Map<string, TestExtension & { readonly variables: Readonly<Record<string, string>> }>;
  /** Lets one end by itself. */
  readonly end: (id: string, reason: string) => Promise<void>;
  /** Ids that were started, in order. */
  readonly started: string[];
  /** Images that can't be started, with the reason. */
  readonly broken: Map<string, string>;
  /** What images were pulled with. */
  readonly pulled: Map<string, NonNullable<ExtensionWork['credentials']>>;
};

/** Where the log of an extension's nth start is. */
export const streamOf = (id: string, launch: number): LogStream => ({ run: 'extensions', task: id, launch });

export function createMemoryContainers(): MemoryContainers {
  const running: MemoryContainers['running'] = new Map();
  const ends = new Map<string, (reason: string) => void>();
  const started: string[] = [];
  const broken = new Map<string, string>();
  const pulled: MemoryContainers['pulled'] = new Map();
  async function end(id: string, reason: string) {
    const extension = running.get(id);
    running.delete(id);
    await extension?.close();
    ends.get(id)?.(reason);
  }
  return {
    running,
    started,
    broken,
    pulled,
    end,
    async start({ id, image, environment, secrets, credentials }: ExtensionWork) {
      started.push(id);
      const reason = broken.get(image);
      if (reason) throw new Error(reason);
      if (credentials) pulled.set(image, credentials);
      const variables = { ...environment({ bind: '127.0.0.1:0', apiBaseUrl: 'http://gofer.test:80' }), ...secrets };
      const extension = await startExtension(variables);
      running.set(id, { ...extension, variables });
      const { promise: ended, resolve } = Promise.withResolvers<string>();
      ends.set(id, resolve);
      return { url: extension.url, ended };
    },
    stop: (id) => end(id, 'it was stopped'),
    clear: async () => {
      for (const id of [...running.keys()]) await end(id, 'it was left');
    },
    log: async (id) => streamOf(id, started.filter((each) => each === id).length),
    forget: async () => {},
  };
}
