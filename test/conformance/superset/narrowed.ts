/**
 * What a document takes away from the contract, so that a program written for the contract would meet it: requests may
 * become wider and answers narrower, never the other way round. Gofer's own clients know no further words or kinds.
 */
import type { Description, Document, Schema } from '../contract.ts';
import { type Shape, shapeOf } from './shape.ts';

type Direction = 'request' | 'answer';

/** Each in a sentence; none: the second document keeps all that the first promises. */
export function narrowed(contract: Document, own: Document): string[] {
  return Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, promised]) => {
      const kept = own.paths[path]?.[method];
      const problems = kept ? narrowedOperation(contract, own, promised, kept) : ['is not there'];
      return problems.map((problem) => `${promised.operationId} ${problem}`);
    }),
  );
}

function narrowedOperation(contract: Document, own: Document, promised: Description, kept: Description): string[] {
  const compare = (direction: Direction, at: string, one: Schema | undefined, other: Schema | undefined) =>
    one ? narrowedSchema({ contract, own, direction }, at, one, other) : [];
  const parameter = ({ parameters = [] }: Description, name: string) => parameters.find((each) => each.name === name);
  return [
    ...(kept.operationId === promised.operationId ? [] : [`is called ${kept.operationId}`]),
    // In a path or a query there is no null: what is nullable there may be left out.
    ...(promised.parameters ?? []).flatMap(({ name, schema: { nullable: _, ...schema } }) =>
      compare('request', name, schema, parameter(kept, name)?.schema),
    ),
    ...(kept.parameters ?? [])
      .filter(({ name, required }) => required && !parameter(promised, name)?.required)
      .map(({ name }) => `${name}: is needed`),
    ...Object.entries(promised.requestBody?.content ?? {}).flatMap(([type, { schema }]) =>
      compare('request', `body as ${type}`, schema, kept.requestBody?.content[type]?.schema),
    ),
    ...Object.entries(promised.responses).flatMap(([status, { content = {} }]) =>
      // `default` stands for streams, of which the contract says nothing.
      status === 'default' || status in kept.responses
        ? Object.entries(content).flatMap(([type, { schema }]) =>
            compare('answer', `answer ${status}`, schema, kept.responses[status]?.content?.[type]?.schema),
          )
        : [`answer ${status}: is not there`],
    ),
  ];
}

type Comparison = { readonly contract: Document; readonly own: Document; readonly direction: Direction };

function narrowedSchema(sides: Comparison, at: string, one: Schema, other: Schema | undefined): string[] {
  // The contract says nothing of it: any bytes.
  if (Object.keys(one).length === 0) return [];
  if (!other) return [`${at}: is not there`];
  const promised = shapeOf(sides.contract, one);
  const kept = shapeOf(sides.own, other);
  const inner = (place: string, from: Schema | undefined, to: Schema | undefined) =>
    from ? narrowedSchema(sides, place, from, to) : [];
  const problems = sides.direction === 'request' ? refused(promised, kept) : surprising(promised, kept);
  return [
    ...problems.map((problem) => `${at}: ${problem}`),
    ...Object.entries(promised.fields).flatMap(([name, field]) =>
      inner(`${at}.${name}`, field, kept.fields[name] ?? kept.values),
    ),
    ...inner(`${at}[]`, promised.items, kept.items),
    ...inner(`${at}{}`, promised.values, kept.values),
  ];
}

/** What a request of before may hold and now must not. */
function refused(promised: Shape, kept: Shape): string[] {
  const takes = (type: string) =>
    kept.types.size === 0 || kept.types.has(type) || (type === 'integer' && kept.types.has('number'));
  return [
    ...[...promised.types].filter((type) => !takes(type)).map((type) => `may not be ${type}`),
    ...(kept.words ? [...(promised.words ?? ['any text'])].filter((word) => !kept.words?.has(word)) : []).map(
      (word) => `may not be "${word}"`,
    ),
    ...[...kept.required].filter((name) => !promised.required.has(name)).map((name) => `.${name} is needed`),
    ...Object.entries(kept.limits)
      .filter(([word, limit]) => promised.limits[word] !== limit)
      .map(([word, limit]) => `has ${word} ${limit}`),
  ];
}

/** What an answer may hold now that nobody knew of. */
function surprising(promised: Shape, kept: Shape): string[] {
  const known = (type: string) =>
    promised.types.size === 0 || promised.types.has(type) || (type === 'integer' && promised.types.has('number'));
  const added = promised.closed ? Object.keys(kept.fields).filter((name) => !(name in promised.fields)) : [];
  const words = kept.words ? [...kept.words] : ['any text'];
  return [
    ...[...kept.types].filter((type) => !known(type)).map((type) => `may be ${type}`),
    ...(promised.words ? words.filter((word) => !promised.words?.has(word)) : []).map((word) => `may be "${word}"`),
    ...[...promised.required].filter((name) => !kept.required.has(name)).map((name) => `.${name} may be absent`),
    ...added.map((name) => `may have .${name}`),
  ];
}
