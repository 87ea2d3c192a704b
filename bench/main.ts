/** All figures, measured on this machine: `npm run bench`, or `npm run bench -- engine logs` for some. */
import { accepting } from './accepting.ts';
import { authorizing } from './authorizing.ts';
import { compiling } from './compile.ts';
import { engine } from './engine.ts';
import { generated } from './generated.ts';
import { logs } from './logs.ts';
import { masking } from './masking.ts';
import { measure, type Row } from './measure.ts';
import { objects } from './objects.ts';
import { reading } from './reading.ts';
import { starting } from './starting.ts';

const benches: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  engine,
  accepting,
  reading,
  authorizing,
  compiling,
  starting,
  logs,
  objects,
  masking,
  generated,
};

await measure(benches);
