/** A schema in one layer: references followed, alternatives put together. */
import type { Document, Schema } from '../contract.ts';

export type Shape = {
  /** JSON's types; none: anything goes. */
  readonly types: ReadonlySet<string>;
  /** The only texts it may be. */
  readonly words?: ReadonlySet<string>;
  readonly fields: Readonly<Record<string, Schema>>;
  readonly required: ReadonlySet<string>;
  /** Has no fields but these. */
  readonly closed: boolean;
  /** Of fields with names of the user's own. */
  readonly values?: Schema;
  readonly items?: Schema;
  /** `minimum`, `maxLength`…, as they are written. */
  readonly limits: Readonly<Record<string, unknown>>;
};

const limitWords = ['minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems'];

export function shapeOf(document: Document, schema: Schema): Shape {
  const { $ref: reference, nullable, allOf, oneOf, anyOf } = schema;
  if (typeof reference === 'string')
    return shapeOf(document, document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {});
  const parts = (allOf ?? oneOf ?? anyOf) as readonly Schema[] | undefined;
  const shape = parts ? parts.map((each) => shapeOf(document, each)).reduce(together) : plain(schema);
  return nullable === true && shape.types.size ? { ...shape, types: new Set([...shape.types, 'null']) } : shape;
}

function plain(schema: Schema): Shape {
  const { type, enum: words, properties = {}, required = [], additionalProperties: values, items } = schema;
  // A number of JSON is exact up to there, which is no limit that anybody set.
  const isLimit = (word: string) =>
    schema[word] !== undefined && Math.abs(Number(schema[word])) !== Number.MAX_SAFE_INTEGER;
  return {
    types: new Set(typeof type === 'string' ? [type] : []),
    ...(Array.isArray(words) && { words: new Set(words as string[]) }),
    fields: properties as Shape['fields'],
    required: new Set(required as string[]),
    closed: values === false,
    ...(typeof values === 'object' && values !== null && Object.keys(values).length && { values: values as Schema }),
    ...(typeof items === 'object' && items !== null && { items: items as Schema }),
    limits: Object.fromEntries(limitWords.filter(isLimit).map((word) => [word, schema[word]])),
  };
}

/** Either of two: what both ask for is what is asked for. */
function together(one: Shape, other: Shape): Shape {
  const texts = [one, other].filter(({ types }) => types.has('string'));
  const words = texts.every((each) => each.words) ? texts.flatMap((each) => [...(each.words ?? [])]) : [];
  const objects = [one, other].filter(({ types }) => types.has('object'));
  const { values = other.values, items = other.items } = one;
  return {
    types: new Set([...one.types, ...other.types]),
    ...(words.length && { words: new Set(words) }),
    fields: { ...one.fields, ...other.fields },
    required: new Set([...one.required].filter((name) => other.required.has(name))),
    closed: objects.length > 0 && objects.every(({ closed }) => closed),
    ...(values && { values }),
    ...(items && { items }),
    limits: {},
  };
}
