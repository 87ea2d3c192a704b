import { describeKilled } from './kill/facts.ts';
import { containersOf } from './living.ts';

describeKilled({
  containers: 'docker',
  kills: 30,
  killsARun: 5,
  seed: 20_261_123,
  left: async (data) => (await containersOf(data, { all: true })).map(({ Id }) => Id),
});
