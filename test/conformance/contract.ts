/** The contract: every operation of Gofer 0.9's API and the shapes of what it takes and gives, without a word of prose. */
import { readFileSync } from 'node:fs';

export type Schema = { readonly [keyword: string]: unknown };

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
};

export type Description = {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};

export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Description>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

export const contract = JSON.parse(
  readFileSync(new URL('../api/contract/gofer-openapi.json', import.meta.url), 'utf8'),
) as Document;

export type ContractOperation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Of a body that is JSON. */
  readonly body?: Schema;
  /** The body is bytes of any kind. */
  readonly takesBytes: boolean;
  /** Absent: it is a stream, about which the contract says nothing. */
  readonly status?: number;
  /** Of an answer that is JSON. */
  readonly answer?: Schema;
  /** The answer is bytes of any kind. */
  readonly givesBytes: boolean;
};

export const contractOperations: readonly ContractOperation[] = Object.entries(contract.paths).flatMap(
  ([path, methods]) => Object.entries(methods).map(([method, described]) => operationOf(path, method, described)),
);

function operationOf(path: string, method: string, described: Description): ContractOperation {
  const { operationId: id, parameters = [], requestBody, responses } = described;
  const [status, response] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
  const body = requestBody?.content['application/json']?.schema;
  const answer = response?.content?.['application/json']?.schema;
  return {
    ...{ id, method: method.toUpperCase(), path, parameters },
    ...(body && { body }),
    takesBytes: requestBody !== undefined && body === undefined,
    ...(status !== undefined && { status: Number(status) }),
    ...(answer && { answer }),
    givesBytes: response?.content?.['*/*'] !== undefined,
  };
}

/** The schema itself, where the contract refers to one by its name. */
export function resolved(schema: Schema): Schema {
  const { $ref: reference, allOf } = schema;
  if (typeof reference === 'string')
    return resolved(contract.components.schemas[reference.split('/').at(-1) ?? ''] ?? {});
  const [only] = Array.isArray(allOf) && allOf.length === 1 ? (allOf as Schema[]) : [];
  return only ? { ...resolved(only), ...(schema['nullable'] === true && { nullable: true }) } : schema;
}

/** Fields of an object's schema, with what each is. */
export const fieldsOf = (schema: Schema): readonly (readonly [name: string, schema: Schema])[] =>
  Object.entries((resolved(schema)['properties'] ?? {}) as Readonly<Record<string, Schema>>).map(
    ([name, field]) => [name, resolved(field)] as const,
  );

export const requiredIn = (schema: Schema): readonly string[] => (resolved(schema)['required'] ?? []) as string[];
