/** Replays one seed with its trace: `node test/extension/simulation/replay.ts SEED`. */
import { simulate } from './simulate.ts';

const seed = Number(process.argv[2]);
const { trace, violations } = await simulate(seed, { trace: true });
console.log([...trace, ...violations].join('\n'));
process.exitCode = violations.length ? 1 : 0;
