import { describeKilled } from './kill/facts.ts';
import { describeNextServer } from './kill/next.ts';

describeKilled('process', { kills: 10, killsARun: 5, seed: 4_711 });
describeNextServer('process');
