import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeKilled } from './kill/facts.ts';

describeKilled({
  containers: 'process',
  kills: 10,
  killsARun: 5,
  seed: 4_711,
  left: (data) => readdir(join(data, 'scratch')),
});
