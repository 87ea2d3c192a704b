import { onThisMachine } from './installation.ts';
import { describeInstallation } from './suite.ts';

describeInstallation({
  images: true,
  webSockets: true,
  streams: true,
  tellsOutputs: true,
  start: () => onThisMachine('docker'),
});
