/** Everything that an operation refuses, whatever it is about. */
import { access } from './access.ts';
import { bodies } from './bodies.ts';
import { envelope } from './envelope.ts';
import { ids } from './ids.ts';
import { queries } from './queries.ts';
import type { Refusals } from './refusal.ts';

export const refusalsOf: Refusals = (operation) =>
  [envelope, access, ids, queries, bodies].flatMap((sort) => sort(operation));
