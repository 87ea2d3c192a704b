/** Any value that a schema of the contract allows, and now and then one that it doesn't. */
import fc from 'fast-check';
import { fieldsOf, requiredIn, resolved, type Schema } from '../contract.ts';

/** Names that things have in the world, and texts that programs stumble over. */
const texts = fc.oneof(
  { weight: 20, arbitrary: fc.stringMatching(/^[a-z][a-z0-9-]{2,12}$/) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '.',
      '..',
      '../..',
      '/',
      '%',
      '%00',
      '\0',
      '\u2028',
      '__proto__',
      'constructor',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('[', '(a+)+$', '^.*', 'all', 'namespaces:^(', 'pipeline_secret{{ key }}'),
  },
);

const numbers = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e21, 2 ** 64 - 1) },
);

/** What tasks run is run: these do nothing. Nor is the installation switched off for all that comes after. */
const harmless: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  command: fc.constantFrom(null, [], ['true'], ['echo', '$HOME', '']),
  entrypoint: fc.constantFrom(null, ['true']),
  ignore_pipeline_run_events: fc.constantFrom(null, false),
  inject_api_token: fc.constant(false),
};

/** A schema's own values, with anything at all in their place where it is least expected. */
export const almost = (schema: Schema): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 40, arbitrary: anyOf(schema) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });

function anyOf(named: Schema): fc.Arbitrary<unknown> {
  const schema = resolved(named);
  const value = plainOf(schema);
  return schema['nullable'] === true ? fc.option(value) : value;
}

function plainOf(schema: Schema): fc.Arbitrary<unknown> {
  const { type, enum: words, oneOf, items, additionalProperties: values } = schema;
  if (Array.isArray(oneOf)) return fc.oneof(...(oneOf as Schema[]).map(anyOf));
  if (Array.isArray(words)) return fc.constantFrom(...(words as string[]));
  if (type === 'integer') return numbers;
  if (type === 'boolean') return fc.boolean();
  if (type === 'array') return fc.array(almost(items as Schema), { maxLength: 4 });
  if (type !== 'object') return texts;
  const fields = fieldsOf(schema);
  if (!fields.length) return fc.dictionary(texts, almost((values ?? {}) as Schema), { maxKeys: 4 });
  const all = Object.fromEntries(fields.map(([name, field]) => [name, harmless[name] ?? almost(field)]));
  return fc.oneof(
    { weight: 6, arbitrary: fc.record(all, { requiredKeys: [...requiredIn(schema)] }) },
    { weight: 1, arbitrary: fc.record(all, { requiredKeys: [] }) },
  );
}

export const anyText = texts;
