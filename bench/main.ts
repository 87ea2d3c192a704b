/** All figures, measured on this machine: `npm run bench`, or `npm run bench -- engine logs` for some. */
import { accepting } from './accepting.ts';
import { compiling } from './compile.ts';
import { engine } from './engine.ts';
import { logs } from './logs.ts';
import type { Row } from './measure.ts';
import { reading } from './reading.ts';
import { starting } from './starting.ts';

const benches: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  engine,
  accepting,
  reading,
  compiling,
  starting,
  logs,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const rows: Row[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length && !asked.includes(name)) continue;
  console.error(`measuring: ${name}`);
  rows.push(...(await bench()));
}
console.table(
  rows.map(({ what, measured, target, reached }) => ({
    what,
    measured,
    'to reach': target,
    reached: reached ? 'yes' : 'no',
  })),
);
