import { createAuthenticate, remembered } from '../../lib/access/caller.ts';
import { createBootstrapCode } from '../../lib/aws/bootstrap-code.ts';
import { bootstrapParameter } from '../../lib/aws/bootstrap-parameter.ts';
import { readEnvironment } from '../../lib/aws/environment.ts';
import { logs, objects, schedules, secrets } from '../../lib/aws/parts.ts';
import { createApiHandler } from '../api/handler.ts';
import { logger, onAws } from '../on-aws.ts';

const { GOFER_INSTALLATION } = readEnvironment(process.env);

export const handler = onAws(
  (aws) => {
    // Only the API asks for the code.
    const home = { ...aws, bootstrapCode: createBootstrapCode(bootstrapParameter(GOFER_INSTALLATION)) };
    return createApiHandler(home, {
      authenticate: createAuthenticate(home, remembered),
      report: (error, id) => logger.error(`request ${id} failed`, error instanceof Error ? error : String(error)),
    });
  },
  { logs, objects, schedules, secrets },
);
