/** The client has a function for every operation of the API: each is called, and what it asks for is written down. */
import { expect, test } from 'vitest';
import { operations } from '../../lib/api/operations.ts';
import { createClient } from '../../lib/client/client.ts';

/** What any function takes for any of its arguments: an id, a reference to whatever it is about, a content of this size. */
const anything = (size: number) => ({
  ...{ namespace: 'id', pipeline: 'id', run: 'id', task: 'id', extension: 'id', subscription: 'id' },
  ...{ size, toString: () => 'id' },
});
const [small, large] = [anything(1), anything(5_000_000)];

/** All functions that there are, at any depth. */
const functionsOf = (nouns: object): ((...all: unknown[]) => unknown)[] =>
  Object.values(nouns).flatMap((each) => (typeof each === 'function' ? each : functionsOf(each)));

async function asked(): Promise<Set<string>> {
  const requests = new Set<string>();
  const upload = { id: 'id', url: 'https://bucket.example/id', headers: {} };
  const client = createClient({
    baseUrl: 'https://gofer.example',
    wait: async () => {},
    fetch: async (input, { method, headers } = {}) => {
      requests.add(`${method} ${new URL(String(input)).pathname}`);
      const isFollowed = new Headers(headers).get('accept') === 'text/event-stream';
      return isFollowed ? new Response('event: end\ndata: {}\n\n') : Response.json({ upload });
    },
  });
  for (const call of functionsOf(client))
    for (const content of [small, large]) {
      const answer = await call(small, small, content);
      if (typeof answer === 'string') requests.add(`GET ${new URL(answer).pathname}`);
      if (isStream(answer)) await answer.next();
    }
  return requests;
}

const isStream = (answer: unknown): answer is AsyncGenerator =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;

test('every operation of the API is a function of the client', async () => {
  const requests = await asked();
  const missing = operations.filter(
    ({ method, path }) => !requests.has(`${method} ${path.replaceAll(/{\w+}/g, 'id')}`),
  );
  expect(missing.map(({ operationId }) => operationId)).toEqual([]);
});
