/**
 * Makes `dist`, what is published: the command line, the SDK, the constructs with their functions, and what these start
 * as processes and workers.
 *
 * The rule is package.json: `dependencies` are installed with the package (those with parts that can't be bundled);
 * everything else is bundled, so that `gofer` starts fast and installs quickly.
 */
import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { buildFunction, commitDefinition, functionSources } from '../lib/infra/function-build.ts';
import { writeDeclarations } from './build/declarations.ts';
import { writeLicences } from './build/licences.ts';
import { writeSchemaTypes } from './build/schema-types.ts';

const root = new URL('../', import.meta.url);
process.chdir(root.pathname);
const { dependencies, peerDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as Record<
  'dependencies' | 'peerDependencies',
  Record<string, string>
>;

await rm('dist', { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: {
    cli: 'lib/cli/main.ts',
    sdk: 'lib/sdk/index.ts',
    'module-worker': 'lib/source/module-worker.ts',
    'print-pipeline': 'lib/source/print.ts',
    cdk: 'lib/infra/index.ts',
    client: 'lib/client/index.ts',
    wrapper: 'lib/local/containers/wrapper.ts',
  },
  // All side by side: parts that are started as processes or workers are found beside whoever starts them.
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  external: Object.keys({ ...dependencies, ...peerDependencies }),
  define: commitDefinition(),
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  logLevel: 'warning',
  // Packages in CommonJS expect a `require`.
  banner: { js: "import{createRequire as goferRequire}from'node:module';const require=goferRequire(import.meta.url);" },
});

// Apart and in old syntax: an older Node must get as far as the line that says it is too old.
await build({
  entryPoints: ['bin/gofer.ts'],
  outfile: 'dist/gofer.js',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node12',
  supported: { 'dynamic-import': true },
  logLevel: 'warning',
  plugins: [
    {
      name: 'command line in its own file',
      setup: ({ onResolve }) => onResolve({ filter: /\/cli\/main\.ts$/ }, () => ({ path: './cli.js', external: true })),
    },
  ],
});
await chmod('dist/gofer.js', 0o755);

/** What the construct uploads: a stack of the published package is made without a bundler. */
const functions = (await readdir(functionSources)).map((file) => basename(file, '.ts'));
const bundles = functions.map((entry) => buildFunction(entry, join(root.pathname, 'dist/functions', entry)));

await promisify(execFile)('tsc', ['-p', 'tsconfig.sdk.json', '--outDir', 'dist/declarations']);
await writeSchemaTypes('lib/api/schemas', 'dist/declarations/api/schemas');
await writeDeclarations('dist/declarations', 'dist', ['sdk/index.d.ts', 'infra/index.d.ts', 'client/index.d.ts']);
await rm('dist/declarations', { recursive: true });
const inputs = [metafile, ...bundles].flatMap((each) => Object.keys(each.inputs));
await writeLicences(inputs, 'dist/THIRD-PARTY-LICENCES.txt');
