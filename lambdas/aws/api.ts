import { createAuthenticate, remembered } from '../../lib/access/caller.ts';
import { createBootstrapCode } from '../../lib/aws/bootstrap-code.ts';
import { bootstrapParameter } from '../../lib/aws/bootstrap-parameter.ts';
import { placeOf, readEnvironment } from '../../lib/aws/environment.ts';
import { attachOf, extensions, logs, objects, schedules, secrets } from '../../lib/aws/parts.ts';
import { createApiHandler } from '../api/handler.ts';
import { logger, onAws } from '../on-aws.ts';

const environment = readEnvironment(process.env);

export const handler = onAws(
  (aws) => {
    // Only the API asks for the code, or lets anybody attach.
    const attach = attachOf(environment, placeOf(environment.GOFER_STATES_ARN).region);
    const bootstrapCode = createBootstrapCode(bootstrapParameter(environment.GOFER_INSTALLATION));
    const home = { ...aws, bootstrapCode, ...(attach && { attach }) };
    return createApiHandler(home, {
      authenticate: createAuthenticate(home, remembered),
      report: (error, id) => logger.error(`request ${id} failed`, error instanceof Error ? error : String(error)),
    });
  },
  { extensions, logs, objects, schedules, secrets },
);
