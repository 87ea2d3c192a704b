/** Ids in the path that name nothing, or can't. */
import type { Refusal, Refusals } from './refusal.ts';

/** Whoever asks for these makes them. */
const made: Readonly<Record<string, string>> = {
  register_config: 'pipeline_id',
  put_pipeline_object: 'key',
  put_run_object: 'key',
  put_extension_object: 'key',
};

/** More bytes than any store has for a key, and fewer than a server takes of an address. */
const tooLong = 3_000;

export const ids: Refusals = (operation) =>
  operation.parameters
    .filter((each) => each.in === 'path')
    .flatMap(({ name, schema }) => (schema['type'] === 'integer' ? numbers(name) : texts(operation.id, name)));

const numbers = (name: string): Refusal[] => [
  { what: `a ${name} that nobody has`, status: 404, wrong: withId(name, 999_999) },
  { what: `a ${name} that is no number`, status: 400, wrong: withId(name, 'seven') },
  { what: `a ${name} below zero`, status: 400, wrong: withId(name, -1) },
];

function texts(id: string, name: string): Refusal[] {
  if (made[id] === name) return [];
  // Keys of objects have rules of their own, which are told.
  const status = name === 'key' && id.endsWith('_object') ? 400 : 404;
  return [
    { what: `a ${name} that nobody has`, status: 404, wrong: withId(name, 'of-nobody') },
    { what: `a ${name} that nobody can have`, status, wrong: withId(name, 'x'.repeat(tooLong)) },
  ];
}

const withId =
  (name: string, value: string | number): Refusal['wrong'] =>
  (good) => ({ ...good, params: { ...good.params, [name]: value } });
