import { onThisMachine } from './installation.ts';
import { describeInstallation } from './suite.ts';

describeInstallation({
  images: true,
  webSockets: true,
  streams: true,
  tellsOutputs: true,
  containersReachApi: true,
  start: () => onThisMachine('docker'),
});
