/**
 * All figures of an installation on AWS: `npm run bench:aws`, or `npm run bench:aws -- idle functions` for some.
 *
 * They are counts, taken from the deployed stack in an emulated account; only the load times are times, and those are of
 * this machine's Node and processor, not of Lambda's.
 */
import { calls } from './aws/calls.ts';
import { functions } from './aws/functions.ts';
import { idle } from './aws/idle.ts';
import { size } from './aws/size.ts';
import { measure } from './measure.ts';

await measure({ calls, functions, idle, size });
