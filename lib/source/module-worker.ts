/** Runs one module of a user, in a worker, and answers with what it exports. Other ends of the talk: `module.ts`. */
import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Problem } from '../pipeline/problem.ts';

export type ModuleRequest = {
  readonly url: string;
  /** Where `gofer-serverless` is: the module's own folder needn't have it installed. */
  readonly sdk: string;
};

export type ModuleAnswer =
  | { readonly kind: 'value'; readonly json: string }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly stack: string;
      readonly problems?: readonly Problem[];
    };

async function answer({ url, sdk }: ModuleRequest): Promise<ModuleAnswer> {
  // Always the SDK of this very version: it is checked here by the same rules as on its way to the server.
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'gofer-serverless' ? { url: sdk, shortCircuit: true } : next(specifier, context),
  });
  try {
    const module: Record<string, unknown> = await import(url);
    if (!('default' in module)) return noDefault(Object.keys(module));
    const exported: unknown = module['default'];
    const value: unknown = await (typeof exported === 'function' ? exported() : exported);
    const json: string | undefined = JSON.stringify(value);
    if (json === undefined) return error(`its default export gives ${typeof value}, which is no pipeline`);
    return { kind: 'value', json };
  } catch (thrown) {
    return told(thrown);
  }
}

const error = (message: string): ModuleAnswer => ({ kind: 'error', message, stack: '' });

function noDefault(names: string[]): ModuleAnswer {
  const others = names.length ? ` (it exports ${names.join(', ')})` : '';
  return error(`it has no default export${others}; write: export default pipeline({ … })`);
}

/** Errors of another thread arrive without their class: what matters of them is said in plain data. */
function told(thrown: unknown): ModuleAnswer {
  if (!(thrown instanceof Error)) return error(`it threw ${String(thrown)}`);
  const { name, message, stack = '' } = thrown;
  const problems = 'problems' in thrown && Array.isArray(thrown.problems) ? thrown.problems : undefined;
  if (problems) return { kind: 'error', message, stack, problems };
  const known = 'code' in thrown || name === 'Error' || message.startsWith(name);
  return { kind: 'error', message: known ? message : `${name}: ${message}`, stack };
}

parentPort?.postMessage(await answer(workerData));
