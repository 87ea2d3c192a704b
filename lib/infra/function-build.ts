/** How the code of a function becomes one file: the same for the published package and for a checkout. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Folder of the functions: each file is one. */
export const functionSources = here('../../lambdas/aws');

/** Writes `index.mjs` with its source map. */
export function functionBuild(entry: string, folder: string): BuildOptions {
  return {
    entryPoints: [here(`../../lambdas/aws/${entry}.ts`)],
    outfile: `${folder}/index.mjs`,
    bundle: true,
    // The clients too: what was tested is what runs, whatever the runtime brings along.
    packages: 'bundle',
    alias: {
      '@aws-sdk/credential-provider-node': here('../aws/lambda-credentials.ts'),
      '@aws-sdk/signature-v4-multi-region': here('../aws/lambda-signature.ts'),
    },
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    define: commitDefinition(),
    // Packages in CommonJS expect a `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  };
}

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
