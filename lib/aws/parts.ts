/** Parts of the home that some functions never touch: whoever needs one brings it along, the others stay small. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Attach } from '../ports/attach.ts';
import { createAttach } from './attach.ts';
import type { Environment } from './environment.ts';
import { createExtensionHost } from './extensions/host.ts';
import { exchangeBy } from './extensions/reach.ts';
import type { Parts } from './home.ts';
import { invokeLater } from './invoke.ts';
import { createLogs } from './logs.ts';
import { createS3Objects } from './objects.ts';
import { patient } from './retry.ts';
import { createSchedules } from './schedules.ts';
import { createSecrets } from './secrets.ts';
import { signedOptions } from './signed.ts';
import { whenUsed } from './when-used.ts';

/** Absent where the stack doesn't allow it. */
export const attachOf = (env: Environment, region: string): Attach | undefined =>
  env.GOFER_ATTACH_ROLE === undefined
    ? undefined
    : createAttach(
        whenUsed(() => new ECSClient({ region, ...patient() })),
        { clusterArn: env.GOFER_CLUSTER_ARN, region },
      );

export const logs: Parts['logs'] = (env, { region, table }) =>
  createLogs(
    whenUsed(() => new CloudWatchLogsClient({ region, ...patient() })),
    table,
    { logGroup: env.GOFER_TASK_LOG_GROUP },
  );

export const objects: Parts['objects'] = (env) => createS3Objects(env.GOFER_OBJECTS, signedOptions(process.env));

export const schedules: Parts['schedules'] = (env, { region }) =>
  createSchedules(
    whenUsed(() => new SchedulerClient({ region, ...patient() })),
    {
      group: env.GOFER_SCHEDULE_GROUP,
      functionArn: env.GOFER_SCHEDULE_FUNCTION_ARN,
      roleArn: env.GOFER_SCHEDULE_ROLE_ARN,
      lostEventsArn: env.GOFER_LOST_EVENTS_ARN,
    },
  );

export const extensions: Parts['extensions'] = (env, { region, table, secrets }) => {
  const { GOFER_EXTENSIONS_FUNCTION: tending, GOFER_EXTENSION_REACH_FUNCTION: reaching } = env;
  if (tending === undefined || reaching === undefined) return undefined;
  const options = { ...signedOptions(process.env), region };
  return createExtensionHost({
    table,
    secrets,
    exchange: exchangeBy(reaching, options),
    wake: () => invokeLater(tending, {}, options),
  });
};

export const secrets: Parts['secrets'] = (env, { region }) =>
  createSecrets(
    { installation: env.GOFER_INSTALLATION, store: env.GOFER_SECRET_STORE },
    { ...signedOptions(process.env), region },
  );
