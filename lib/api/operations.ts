/** Every operation that the API serves, noun by noun. */
import type { Operation } from './operation.ts';
import { attach } from './routes/attach.ts';
import { configs } from './routes/configs.ts';
import { deployments } from './routes/deployments.ts';
import { events } from './routes/events.ts';
import { extensionLogs } from './routes/extension-logs.ts';
import { extensions } from './routes/extensions.ts';
import { externalEvents } from './routes/external-events.ts';
import { logs } from './routes/logs.ts';
import { namespaces } from './routes/namespaces.ts';
import { objects } from './routes/objects.ts';
import { pipelines } from './routes/pipelines.ts';
import { roles } from './routes/roles.ts';
import { runs } from './routes/runs.ts';
import { secrets } from './routes/secrets.ts';
import { subscriptions } from './routes/subscriptions.ts';
import { system } from './routes/system.ts';
import { taskExecutions } from './routes/task-executions.ts';
import { tokens } from './routes/tokens.ts';

export const operations: readonly Operation[] = [
  ...namespaces,
  ...pipelines,
  ...configs,
  ...deployments,
  ...runs,
  ...taskExecutions,
  ...logs,
  ...attach,
  ...objects,
  ...events,
  ...extensions,
  ...extensionLogs,
  ...externalEvents,
  ...subscriptions,
  ...secrets,
  ...system,
  ...tokens,
  ...roles,
];
