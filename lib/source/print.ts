/** Loads one pipeline and prints it, or what is wrong with it, as JSON: the other end of `load-sync.ts`. */
import type { PipelineConfig } from '../pipeline/config.ts';
import { InvalidPipelineError, type Problem } from '../pipeline/problem.ts';
import { loadPipeline } from './load.ts';

export type Printed =
  | { readonly config: PipelineConfig }
  | { readonly source: string; readonly problems: readonly Problem[] }
  | { readonly message: string };

async function print(path: string): Promise<Printed> {
  try {
    return { config: (await loadPipeline(path)).config };
  } catch (error) {
    if (error instanceof InvalidPipelineError) return { source: path, problems: error.problems };
    return { message: error instanceof Error ? error.message : String(error) };
  }
}

process.stdout.write(JSON.stringify(await print(process.argv[2] ?? '')));
