/** An installation of Gofer as the end-to-end suite sees it: an address, and a way to look behind it. */
import { removeFolder, scratchFolder } from './folder.ts';
import { observers, type Run } from './living.ts';
import { startServer } from './server.ts';

export type Installation = {
  /** Base URL of the API. */
  readonly url: string;
  readonly token?: string;
  /** Containers or processes of the run that live, told by somebody other than Gofer. */
  readonly living: (run: Run) => Promise<readonly string[]>;
  /** Ends what was started for the suite. */
  readonly stop: () => Promise<void>;
};

/** What an installation of this kind can do. */
export type Kind = {
  /** False where tasks are plain processes. */
  readonly images: boolean;
  readonly webSockets: boolean;
  /** Whether a log can be followed as Server-Sent Events. */
  readonly streams: boolean;
  /** Whether a log tells standard output from standard error. */
  readonly tellsOutputs: boolean;
  /** The emulated API's address is known to nobody but the emulator. */
  readonly containersReachApi: boolean;
  readonly start: () => Promise<Installation>;
};

/** A server of its own on a new data folder. */
export async function onThisMachine(containers: 'docker' | 'process'): Promise<Installation> {
  const data = await scratchFolder();
  const server = await startServer({ data, containers });
  const { living, clear } = observers[containers];
  return {
    url: server.url,
    living: (run) => living(data, run),
    stop: async () => {
      await server.stop();
      await clear(data);
      await removeFolder(data);
    },
  };
}
