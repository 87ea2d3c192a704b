/** The two homes of extensions, as tests see them whose facts hold in both. */
import type { Home } from '../../lib/home.ts';
import type { Send } from '../api/client.ts';
import { startAwsWorld } from './aws-world.ts';
import type { TestExtension } from './extension.ts';
import { startWorld } from './world.ts';

type Running = TestExtension & { readonly variables: Readonly<Record<string, string>> };

export type EitherWorld = {
  readonly home: Home;
  readonly containers: {
    readonly running: ReadonlyMap<string, Running>;
    /** Lets one end by itself; it is started again. */
    readonly end: (id: string, reason: string) => Promise<void>;
  };
  readonly send: Send;
};

/** On AWS extensions are looked after as soon as anything has happened. */
async function startSettled(): Promise<EitherWorld> {
  const { home, containers, send, settle } = await startAwsWorld();
  const settled = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    await settle();
    return result;
  };
  const again = async (id: string, reason: string) => {
    await containers.end(id, reason);
    await containers.restart(id);
  };
  return {
    home,
    containers: { running: containers.running, end: (id, reason) => settled(again(id, reason)) },
    send: (line, sent) => settled(send(line, sent)),
  };
}

export const homes: readonly (readonly [string, () => Promise<EitherWorld>])[] = [
  ['one machine', startWorld],
  ['AWS', startSettled],
];
