/**
 * Simulates many seeds: `node test/simulation/many.ts FIRST COUNT [RULE]`. Prints the seeds that fail; RULE is the
 * beginning of a rule's name, to see what happens without it.
 */
import { rules } from './rules.ts';
import { simulate } from './simulate.ts';

const first = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 1000);
const rule = Object.entries(rules).find(([name]) => process.argv[4] && name.startsWith(process.argv[4]));
const beside = 32;
let failed = 0;
let seed = first;
const begun = Date.now();
await Promise.all(
  Array.from({ length: beside }, async () => {
    while (seed < first + count) {
      const mine = seed++;
      const { violations } = await simulate(mine, rule && { without: rule[1] });
      if (violations.length) {
        failed++;
        if (failed <= 20) console.log(`seed ${mine}: ${violations[0]}`);
      }
    }
  }),
);
console.log(`${count} seeds, ${failed} failed, ${((Date.now() - begun) / count).toFixed(1)} ms a seed`);
