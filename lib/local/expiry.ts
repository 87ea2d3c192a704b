/** What DynamoDB removes by itself on AWS is removed here: at the start, and every hour. */
import { expireEvents } from '../events/expire.ts';
import type { Home } from '../home.ts';

const hour = 60 * 60 * 1000;

/** Days that are looked through: the server may have been off for long. */
const days = { first: 400, later: 3 };

export function startExpiring(home: Home, onError: (error: unknown) => void): { stop(): Promise<void> } {
  let working = Promise.resolve();
  const expire = (back: number) => {
    working = working.then(() => expireEvents(home, back)).then(() => undefined, onError);
  };
  expire(days.first);
  const timer = setInterval(() => expire(days.later), hour);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await working;
    },
  };
}
