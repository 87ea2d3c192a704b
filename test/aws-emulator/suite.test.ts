import { describeInstallation } from '../e2e/suite.ts';
import { onAws } from './installation.ts';

describeInstallation({
  images: true,
  webSockets: false,
  streams: true,
  tellsOutputs: false,
  containersReachApi: false,
  start: () => onAws(),
});
