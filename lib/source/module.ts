/**
 * A JavaScript or TypeScript module whose default export is a pipeline, or a function that gives one.
 *
 * It runs in a worker: a loop without end can be ended, what it prints doesn't get among the command's own output, and
 * timers it leaves don't keep the command alive.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { InvalidError } from '../errors.ts';
import { writeDuration } from '../pipeline/duration.ts';
import { InvalidPipelineError } from '../pipeline/problem.ts';
import type { ModuleAnswer, ModuleRequest } from './module-worker.ts';

/** The value that the module exports, as JSON holds it. `source` is what errors call it. */
export async function runModule(file: string, source: string, timeoutMs: number): Promise<unknown> {
  const request: ModuleRequest = { url: pathToFileURL(file).href, sdk: ours('../sdk/index.ts', 'sdk.js') };
  const worker = new Worker(new URL(ours('./module-worker.ts', 'module-worker.js')), {
    workerData: request,
    stdout: true,
    execArgv: [],
  });
  worker.stdout.on('data', (printed: Buffer) => process.stderr.write(printed));
  try {
    const answer = await answerOf(worker, timeoutMs);
    if (answer.kind === 'value') return JSON.parse(answer.json);
    const place = placeIn(answer.stack, file);
    const where = place ? `${source}:${place}` : source;
    if (answer.problems) throw new InvalidPipelineError(where, answer.problems);
    throw new InvalidError(`${where}: ${answer.message}`);
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker, timeoutMs: number): Promise<ModuleAnswer> {
  const { promise, resolve } = Promise.withResolvers<ModuleAnswer>();
  const failed = (message: string, stack = '') => resolve({ kind: 'error', message, stack });
  const limit = writeDuration(Math.max(1, Math.round(timeoutMs / 1000)));
  const timer = setTimeout(() => failed(`gave no pipeline within ${limit}`), timeoutMs);
  worker.once('message', resolve);
  worker.once('error', (error) => failed(error.message, error.stack));
  worker.once('exit', () => failed('ended before it gave a pipeline'));
  return promise.finally(() => clearTimeout(timer));
}

/** `12:3`: the first place in the user's own file that a stack names. */
function placeIn(stack: string, file: string): string | undefined {
  const found = [file, pathToFileURL(file).href]
    .map((name) => stack.indexOf(`${name}:`) + 1 && stack.slice(stack.indexOf(`${name}:`) + name.length + 1))
    .find((rest) => rest);
  return found ? /^\d+(:\d+)?/.exec(found)?.[0] : undefined;
}

/** URL of a part of this package: beside this file's own source, or in the bundle. */
export function ours(inSource: string, inBundle: string): string {
  const source = new URL(inSource, import.meta.url);
  if (import.meta.url.endsWith('.ts')) return source.href;
  const places = [new URL(inBundle, import.meta.url), new URL(`../${inBundle}`, import.meta.url)];
  return (places.find((url) => existsSync(fileURLToPath(url))) ?? source).href;
}
