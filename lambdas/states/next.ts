/** Step function of the states `next t`. It answers through the task token, not by its result. */
import * as z from 'zod';
import type { Home } from '../../lib/home.ts';
import { next } from '../../lib/task/next.ts';

/** Payload of version 1. Machines outlive upgrades: a version is read as long as executions of it may run. */
const payload = z.object({
  v: z.literal(1),
  run: z.string(),
  task: z.string(),
  after: z.string().optional(),
  o: z.unknown(),
  token: z.string().min(1),
});

const stateError = z.object({ Error: z.string().optional(), Cause: z.string().optional() });

/** What the state before has left. */
const leftBehind = z.object({ k: z.number().optional(), e: stateError.optional(), Error: z.string().optional() });

/** `warn` takes a sentence for the function's log. */
export const createNextHandler =
  (home: Home, warn: (sentence: string) => void = console.warn) =>
  async (event: unknown) => {
    const { o, ...entry } = payload.parse(event);
    const found = leftBehind.safeParse(o);
    if (found.success) return next(home, { ...entry, o: found.data });
    // The table knows all that it could have said, sooner or later; only that the task before succeeded is not concluded.
    const where = found.error.issues.map(({ path, message }) => `o.${path.join('.')}: ${message}`).join('; ');
    warn(`next ${entry.task} of run ${entry.run}: what the state before left is not understood (${where})`);
    return next(home, { ...entry, after: undefined, o: {} });
  };
