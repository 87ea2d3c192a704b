/** Whether an answer is what the contract promises. */
import { Ajv, type ValidateFunction } from 'ajv';
import { contract, type Schema } from './contract.ts';

const ajv = new Ajv({
  allErrors: true,
  strict: true,
  // Words of the contract for the size of a number, which JSON has none of.
  formats: { uint64: true, int64: true, uint8: true },
});
for (const [name, schema] of Object.entries(contract.components.schemas))
  ajv.addSchema(jsonSchema(schema), `contract:${name}`);

const validators = new Map<Schema, ValidateFunction>();

/** What of `value` the schema does not allow, each with its place; none: it is valid. */
export function problemsOf(schema: Schema, value: unknown): readonly string[] {
  const validate = validators.get(schema) ?? ajv.compile(jsonSchema(schema));
  validators.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'the answer'} ${message}`);
}

/** OpenAPI 3.0 has two ways of its own: `nullable` beside a schema, and where named ones are found. */
function jsonSchema(schema: Schema): Schema {
  const { nullable, ...rest } = schema;
  const plain = Object.fromEntries(
    Object.entries(rest).map(([keyword, value]) => [keyword, inJsonSchema(keyword, value)]),
  );
  return nullable === true ? { anyOf: [{ type: 'null' }, plain] } : plain;
}

function inJsonSchema(keyword: string, value: unknown): unknown {
  if (keyword === '$ref') return String(value).replace('#/components/schemas/', 'contract:');
  if (keyword === 'properties' && isSchema(value))
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, jsonSchema(field as Schema)]));
  if (Array.isArray(value)) return value.map((each) => (isSchema(each) ? jsonSchema(each) : each));
  return isSchema(value) ? jsonSchema(value) : value;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
