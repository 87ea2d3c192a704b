/** Requests that nobody thought of, to every operation, about things that are there and things that aren't. */
import fc from 'fast-check';
import { type ContractOperation, contractOperations } from '../contract.ts';
import type { Request } from '../request.ts';
import { almost, anyText } from './values.ts';

export type Generated = { readonly operation: ContractOperation; readonly request: Request };

/** What is there, each with all the ids that lead to it. */
export type Known = readonly Params[];
type Params = Readonly<Record<string, string | number>>;

export const generatedRequests = (known: Known): fc.Arbitrary<Generated> =>
  fc
    .constantFrom(...contractOperations)
    .chain((operation) => requestTo(operation, known).map((request) => ({ operation, request })));

function requestTo({ parameters, body, takesBytes }: ContractOperation, known: Known): fc.Arbitrary<Request> {
  const inPath = parameters.filter((each) => each.in === 'path').map(({ name }) => name);
  const inQuery = parameters
    .filter((each) => each.in === 'query')
    .map(({ name, schema }) => [name, fc.oneof(almost(schema).map(String), anyText)] as const);
  const bytes = fc.string({ unit: 'binary', maxLength: 200 });
  return fc.record(
    {
      params: idsOf(inPath, known),
      query: fc.record(Object.fromEntries(inQuery), { requiredKeys: [] }),
      ...(body && { body: almost(body) }),
      ...(takesBytes && { raw: bytes }),
      ...(body && { raw: fc.option(fc.oneof(bytes, fc.json({ maxDepth: 4 })), { nil: undefined, freq: 12 }) }),
      headers: fc.record(oddHeaders, { requiredKeys: [] }),
    },
    { requiredKeys: ['params'] },
  ) as fc.Arbitrary<Request>;
}

/** Of one thing, mostly: ids of different things rarely lead anywhere. */
function idsOf(names: readonly string[], known: Known): fc.Arbitrary<Params> {
  const fitting = known.filter((thing) => names.every((name) => name in thing));
  const others = Object.fromEntries(names.map((name) => [name, fc.oneof(fc.nat(3), anyText)]));
  return fc
    .tuple(fc.constantFrom(...(fitting.length ? fitting : [{}])), fc.record(others, { requiredKeys: [] }), fc.nat(5))
    .map(([thing, other, chance]) => ({ ...thing, ...(chance === 0 || !fitting.length ? (other as Params) : {}) }));
}

const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 20 });

const oddHeaders = {
  accept: rarely(fc.constantFrom('text/plain', '*/*', 'image/png', '')),
  'content-type': fc.oneof(
    { weight: 20, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('application/octet-stream', 'text/html', 'application/json; charset=x', '/'),
    },
  ),
  'idempotency-key': rarely(fc.constantFrom('one', 'two', 'x'.repeat(300), ' ')),
  'last-event-id': rarely(fc.constantFrom('1', 'none', '%')),
};
