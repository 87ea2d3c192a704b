/**
 * The code of a function, `lambdas/aws/<entry>.ts` in one file. The published package brings it along, bundled; a
 * checkout bundles it at synthesis with the same settings.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { BuildOptions } from 'esbuild';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export function functionCode(entry: string): Code {
  const published = here(`functions/${entry}`);
  if (existsSync(published)) return Code.fromAsset(published);
  return Code.fromAsset(here('../../lambdas/aws'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // CDK asks for an image to bundle in; the bundler is here, so none is ever pulled.
      image: DockerImage.fromRegistry('none'),
      // Tells the bundles apart: CDK takes those of one source with the same command for one.
      command: [entry],
      local: { tryBundle: (folder) => bundle(entry, folder) },
    },
  });
}

/** Writes `index.mjs` with its source map. */
export function functionBuild(entry: string, folder: string): BuildOptions {
  return {
    entryPoints: [here(`../../lambdas/aws/${entry}.ts`)],
    outfile: `${folder}/index.mjs`,
    bundle: true,
    // The clients too: what was tested is what runs, whatever the runtime brings along.
    packages: 'bundle',
    alias: { '@aws-sdk/credential-provider-node': here('../aws/lambda-credentials.ts') },
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    // Packages in CommonJS expect a `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  };
}

function bundle(entry: string, folder: string): boolean {
  // Found in a checkout only, so it must not be asked for before it is needed.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  buildSync(functionBuild(entry, folder));
  return true;
}
