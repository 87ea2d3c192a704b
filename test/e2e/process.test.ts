import { onThisMachine } from './installation.ts';
import { describeInstallation } from './suite.ts';

describeInstallation({
  images: false,
  webSockets: true,
  streams: true,
  tellsOutputs: true,
  containersReachApi: true,
  start: () => onThisMachine('process'),
});
