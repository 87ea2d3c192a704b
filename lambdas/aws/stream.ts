import { createAuthenticate, remembered } from '../../lib/access/caller.ts';
import { createAwsHome } from '../../lib/aws/home.ts';
import { extensions, logs, secrets } from '../../lib/aws/parts.ts';
import { createStreamHandler } from '../api/stream.ts';

const home = createAwsHome(process.env, { extensions, logs, secrets });

export const handler = awslambda.streamifyResponse(
  createStreamHandler(home, {
    authenticate: createAuthenticate(home, remembered),
    begin: (stream, head) => awslambda.HttpResponseStream.from(stream, head),
  }),
);
