/** Lets an example's program find this package in its sources: `node --import` this. Users have it installed. */
import { registerHooks } from 'node:module';

const sources: Readonly<Record<string, string>> = {
  'gofer-serverless': '../../lib/sdk/index.ts',
  'gofer-serverless/cdk': '../../lib/infra/index.ts',
  'gofer-serverless/client': '../../lib/client/index.ts',
};

registerHooks({
  resolve: (specifier, context, next) => {
    const source = sources[specifier];
    return source ? { url: new URL(source, import.meta.url).href, shortCircuit: true } : next(specifier, context);
  },
});
