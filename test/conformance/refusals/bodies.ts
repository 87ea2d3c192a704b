/** Bodies that can't be read, or say what no such request may. */
import { fieldsOf, requiredIn, type Schema } from '../contract.ts';
import type { Request } from '../request.ts';
import type { Refusal, Refusals } from './refusal.ts';

type Fields = Readonly<Record<string, unknown>>;

/** More than the API reads of a body, and far less than a gateway refuses by itself. */
const oversized = 1_100_000;

export const bodies: Refusals = ({ body }) => (body ? [...unreadable, ...shapes, ...fields(body)] : []);

const raw = (text: string) => (good: Request) => ({ ...good, raw: text });

const unreadable: readonly Refusal[] = [
  { what: 'malformed JSON', status: 400, wrong: raw('{"id": "tea') },
  { what: 'a body of nothing', status: 400, wrong: ({ body: _, ...good }) => good },
  {
    what: 'an oversized body',
    status: 413,
    wrong: ({ body, ...good }) => ({ ...good, body: { ...(body as Fields), filling: 'x'.repeat(oversized) } }),
  },
  {
    what: 'a form',
    status: 415,
    wrong: (good) => ({ ...raw('id=team')(good), headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
  },
  {
    what: 'JSON that calls itself text',
    status: 415,
    wrong: (good) => ({ ...good, headers: { 'content-type': 'text/plain' } }),
  },
];

const shapes = ['null', '[]', '"text"', '7', 'true'].map(
  (text): Refusal => ({ what: `${text} in place of fields`, status: 400, wrong: raw(text) }),
);

function fields(schema: Schema): Refusal[] {
  const changed = (what: string, change: (body: Fields) => Fields): Refusal => ({
    what,
    status: 400,
    wrong: ({ body, ...good }) => ({ ...good, body: change(body as Fields) }),
  });
  const required = requiredIn(schema);
  return [
    changed('a field that nobody knows', (body) => ({ ...body, colour: 'red' })),
    ...required.map((name) =>
      changed(`a body without ${name}`, (body) =>
        Object.fromEntries(Object.entries(body).filter(([key]) => key !== name)),
      ),
    ),
    ...required.map((name) => changed(`null as ${name}`, (body) => ({ ...body, [name]: null }))),
    ...fieldsOf(schema).map(([name, field]) => {
      const other = otherThan(field);
      return changed(`${JSON.stringify(other)} as ${name}`, (body) => ({ ...body, [name]: other }));
    }),
  ];
}

/** Of a type that the field doesn't have. */
const otherThan = (field: Schema): unknown => (field['type'] === 'string' ? { of: 'another type' } : 'of another type');
