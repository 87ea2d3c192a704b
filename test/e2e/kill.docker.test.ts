import { describeKilled } from './kill/facts.ts';
import { describeNextServer } from './kill/next.ts';

describeKilled('docker', { kills: 30, killsARun: 5, seed: 20_261_123 });
describeNextServer('docker');
