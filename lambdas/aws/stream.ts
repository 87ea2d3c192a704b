import { authenticate } from '../../lib/access/tokens.ts';
import { createAwsHome } from '../../lib/aws/home.ts';
import { logs } from '../../lib/aws/parts.ts';
import { createStreamHandler } from '../api/stream.ts';

const home = createAwsHome(process.env, { logs });

export const handler = awslambda.streamifyResponse(
  createStreamHandler(home, {
    authenticate: (header) => authenticate(home, header),
    begin: (stream, head) => awslambda.HttpResponseStream.from(stream, head),
  }),
);
