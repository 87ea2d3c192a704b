/** What one machine sets. Network and capacity go through the same states as on AWS, and nobody reads them here. */
import type { Retention, Settings } from '../home.ts';

export const nextFunction = 'gofer-next';
export const finishFunction = 'gofer-finish';

/** CloudWatch keeps logs for days; here nothing else would ever remove them. */
export const localRetention: Required<Retention> = { pipelineObjects: 50, runObjects: 2, runLogs: 500 };

export const localSettings: Settings = {
  kind: 'local',
  cluster: 'local',
  network: {},
  capacity: [],
  nextFunction,
  finishFunction,
  defaultTimeout: 24 * 3600,
  retention: localRetention,
  // Nothing is in flight between processes here: what is not known after seconds was lost with an earlier server.
  quiet: 5,
};
