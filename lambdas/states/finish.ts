/** Step function of the state `finish run`. It answers through the task token, not by its result. */
import * as z from 'zod';
import type { Home } from '../../lib/home.ts';
import { finish } from '../../lib/run/finish.ts';

/** Payload of version 1, read as long as executions of it may run. */
const payload = z.object({ v: z.literal(1), run: z.string(), token: z.string().min(1) });

export const createFinishHandler = (home: Home) => async (event: unknown) => finish(home, payload.parse(event));
