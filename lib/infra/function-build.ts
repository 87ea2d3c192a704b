/** How the code of a function becomes one file: the same for the published package and for a checkout. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Metafile } from 'esbuild';
import { mapOfOwnCode } from './function-map.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Folder of the functions: each file is one. */
export const functionSources = here('../../lambdas/aws');

/** Writes `index.js` with its source map, and returns what they were made of. Synchronous, as the CDK's bundling is. */
export function buildFunction(entry: string, folder: string): Metafile {
  // Found in a checkout only, so it must not be asked for before it is needed.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles, metafile } = buildSync({ ...options(entry, folder), metafile: true, write: false });
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of outputFiles) writeFileSync(path, path.endsWith('.map') ? ownMap(text, folder) : text);
  return metafile;
}

const ownMap = (map: string, folder: string) =>
  mapOfOwnCode(map, (source) => relative(here('../..'), resolve(folder, source)));

const options = (entry: string, folder: string) =>
  ({
    entryPoints: [`${functionSources}/${entry}.ts`],
    outfile: `${folder}/index.js`,
    bundle: true,
    // The clients too: what was tested is what runs, whatever the runtime brings along.
    packages: 'bundle',
    alias: {
      '@aws-sdk/client-eventbridge': here('../aws/lambda-eventbridge.ts'),
      '@aws-sdk/endpoint-cache': here('../aws/lambda-endpoint-cache.ts'),
      '@aws-sdk/client-scheduler': here('../aws/lambda-scheduler.ts'),
      '@aws-sdk/client-ssm': here('../aws/lambda-ssm.ts'),
      '@aws-sdk/credential-provider-node': here('../aws/lambda-credentials.ts'),
      '@aws-sdk/signature-v4-multi-region': here('../aws/lambda-signature.ts'),
      '@smithy/core/event-streams': here('../aws/lambda-event-streams.ts'),
    },
    platform: 'node',
    target: 'node24',
    // An ES module gets every export of node:http at once, and the WebSockets among them take longer to load than the
    // whole API does.
    format: 'cjs',
    supported: { 'dynamic-import': false },
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    define: commitDefinition(),
  }) satisfies BuildOptions;

/** Lets `GET /api/system/metadata` tell which commit this is. */
export const commitDefinition = () => ({ 'process.env.GOFER_COMMIT': JSON.stringify(commit()) });

function commit(): string {
  try {
    const args = ['rev-parse', '--short=12', 'HEAD'];
    return execFileSync('git', args, { cwd: here('.'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
