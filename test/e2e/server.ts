/** `gofer dev` as a process that can be killed. */
import { once } from 'node:events';
import { start } from './program.ts';

export type ServerOptions = {
  /** The data folder. */
  readonly data: string;
  readonly containers: 'docker' | 'process';
  /** Default: a free one. */
  readonly port?: number;
  readonly auth?: boolean;
  readonly attach?: boolean;
};

export type Server = {
  readonly url: string;
  /** Ends it with SIGTERM unless told otherwise, and returns its exit code; `null`: the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** A server that may not have come up yet. */
export type Starting = {
  /** Rejects with what it said if it ends before. */
  readonly ready: Promise<Server>;
  stop: Server['stop'];
};

export function launch({ data, containers, port = 0, auth = false, attach = false }: ServerOptions): Starting {
  const where = ['--data', data, '--port', String(port), '--containers', containers];
  const { child, output, ended } = start([
    'dev',
    ...where,
    ...(auth ? ['--auth'] : []),
    ...(attach ? ['--attach'] : []),
  ]);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return (await ended).code;
  };
  const ready = async (): Promise<Server> => {
    for (;;) {
      const url = /ready at (\S+?),/.exec(output().stdout)?.[1];
      if (url) return { url, stop };
      const more = once(child.stdout ?? child, 'data');
      const end = await Promise.race([ended, more.then(() => undefined)]);
      if (end) throw new Error(`gofer dev ended with ${end.code} before it was ready: ${end.stderr}`);
    }
  };
  return { ready: ready(), stop };
}

export const startServer = (options: ServerOptions): Promise<Server> => launch(options).ready;
