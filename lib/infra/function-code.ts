/**
 * The code of a function, `lambdas/aws/<entry>.ts` in one file. The published package brings it along, bundled; a
 * checkout bundles it at synthesis with the same settings.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildFunction, functionSources } from './function-build.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export function functionCode(entry: string): Code {
  const published = here(`functions/${entry}`);
  if (existsSync(published)) return Code.fromAsset(published);
  return Code.fromAsset(functionSources, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // CDK asks for an image to bundle in; the bundler is here, so none is ever pulled.
      image: DockerImage.fromRegistry('none'),
      // Tells the bundles apart: CDK takes those of one source with the same command for one.
      command: [entry],
      local: { tryBundle: (folder) => buildFunction(entry, folder) !== undefined },
    },
  });
}
