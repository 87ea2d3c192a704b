/** What is wrong with a request whatever it asks for. */
import type { Refusals } from './refusal.ts';

export const envelope: Refusals = () => [
  {
    what: 'a version of the API that nobody knows',
    status: 400,
    wrong: (good) => ({ ...good, headers: { ...good.headers, 'gofer-api-version': 'v9' } }),
  },
];
