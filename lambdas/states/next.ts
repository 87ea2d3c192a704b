/** Step function of the states `next t`. It answers through the task token, not by its result. */
import * as z from 'zod';
import type { Home } from '../../lib/home.ts';
import { next } from '../../lib/task/next.ts';

const stateError = z.object({ Error: z.string().optional(), Cause: z.string().optional() });

/** Payload of version 1. Machines outlive upgrades: a version is read as long as executions of it may run. */
const payload = z.object({
  v: z.literal(1),
  run: z.string(),
  task: z.string(),
  after: z.string().optional(),
  o: z.object({ k: z.number().optional(), e: stateError.optional(), Error: z.string().optional() }),
  token: z.string().min(1),
});

export const createNextHandler = (home: Home) => async (event: unknown) => next(home, payload.parse(event));
