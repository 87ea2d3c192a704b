/** Simulates many seeds: `node test/simulation/many.ts FIRST COUNT`. Prints the seeds that fail. */
import { simulate } from './simulate.ts';

const first = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 1000);
const beside = 32;
let failed = 0;
let seed = first;
const begun = Date.now();
await Promise.all(
  Array.from({ length: beside }, async () => {
    while (seed < first + count) {
      const mine = seed++;
      const { violations } = await simulate(mine);
      if (violations.length) {
        failed++;
        if (failed <= 20) console.log(`seed ${mine}: ${violations[0]}`);
      }
    }
  }),
);
console.log(`${count} seeds, ${failed} failed, ${((Date.now() - begun) / count).toFixed(1)} ms a seed`);
