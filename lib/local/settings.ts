/** What one machine sets. Network and capacity go through the same states as on AWS, and nobody reads them here. */
import type { Settings } from '../home.ts';

export const nextFunction = 'gofer-next';
export const finishFunction = 'gofer-finish';

export const localSettings: Settings = {
  kind: 'local',
  cluster: 'local',
  network: {},
  capacity: [],
  nextFunction,
  finishFunction,
  defaultTimeout: 24 * 3600,
  // CloudWatch keeps logs for days; here nothing else would ever remove them.
  retention: { runLogs: 500 },
  // Nothing is in flight between processes here: what is not known after seconds was lost with an earlier server.
  quiet: 5,
};
