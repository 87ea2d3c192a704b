import { onThisMachine } from './installation.ts';
import { describeInstallation } from './suite.ts';

describeInstallation({ images: true, webSockets: true, start: () => onThisMachine('docker') });
