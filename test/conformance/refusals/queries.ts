/** Values of the query that their parameters can't have. */
import type { Refusal, Refusals } from './refusal.ts';

const wrongValues: Readonly<Record<string, readonly string[]>> = {
  integer: ['many', '-1', '1.5', ''],
  boolean: ['perhaps', '1', ''],
};

export const queries: Refusals = ({ parameters }) =>
  parameters
    .filter((each) => each.in === 'query')
    .flatMap(({ name, schema }) =>
      (wrongValues[String(schema['type'])] ?? []).map(
        (value): Refusal => ({
          what: `${name}=${value}`,
          status: 400,
          wrong: (good) => ({ ...good, query: { ...good.query, [name]: value } }),
        }),
      ),
    );
