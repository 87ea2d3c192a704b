/** Loading a pipeline where nothing can be awaited, as in a construct of the CDK: a process of its own does it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InvalidError } from '../errors.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { InvalidPipelineError } from '../pipeline/problem.ts';
import { ours } from './module.ts';
import type { Printed } from './print.ts';

/** A pipeline may have 1 MB. */
const mostOutput = 8 * 1024 * 1024;

/** As `loadPipeline`, with the same errors, but for standard input. */
export function loadPipelineSync(path: string): PipelineConfig {
  const script = fileURLToPath(ours('./print.ts', 'print-pipeline.js'));
  const { status, stdout, error } = spawnSync(process.execPath, [script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: mostOutput,
    encoding: 'utf8',
  });
  if (error || status !== 0)
    throw new InvalidError(
      `${path} can't be loaded: ${error?.message ?? `the loader ended with exit code ${status}`}`,
      {
        cause: error,
      },
    );
  const printed = JSON.parse(stdout) as Printed;
  if ('config' in printed) return printed.config;
  if ('problems' in printed) throw new InvalidPipelineError(printed.source, printed.problems);
  throw new InvalidError(printed.message);
}
