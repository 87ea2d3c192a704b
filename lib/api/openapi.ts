/** The OpenAPI document, made from the operations: it can't say anything that the server doesn't do. */
import * as z from 'zod';
import program from '../../package.json' with { type: 'json' };
import type { Operation } from './operation.ts';
import { errorSchema } from './schemas/common.ts';

type Json = { readonly [name: string]: unknown };
export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: Json;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> } & Json;
};

export function openApiDocument(operations: readonly Operation[]): OpenApiDocument {
  const components = new Components();
  const error = { content: json(components.schemaOf(errorSchema)), description: 'What was wrong.' };
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = describe(operation, components);
    paths[operation.path] = methods;
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Gofer', version: program.version, description: program.description },
    paths,
    components: {
      responses: { Error: error },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: components.schemas,
    },
  };
}

function describe(operation: Operation, components: Components): Json {
  const { operationId, summary, access, status, response, streams } = operation;
  const body = operation.bodyDocument ?? operation.body;
  const content = {
    ...(response && json(components.schemaOf(response))),
    ...(operation.raw === 'answer' && { '*/*': { schema: {} } }),
    ...(streams && { 'text/event-stream': { schema: { type: 'string' } } }),
    ...(streams === true && !response && { 'text/plain': { schema: { type: 'string' } } }),
  };
  const problem = { $ref: '#/components/responses/Error' };
  return {
    operationId,
    summary,
    tags: [typeof access === 'string' ? access : access.resource],
    ...(access !== 'public' && { security: [{ token: [] }] }),
    ...(typeof access !== 'string' && { 'x-gofer-permission': { resource: access.resource, action: access.action } }),
    parameters: [
      ...parameters('path', operation.params, components),
      ...parameters('query', operation.query, components),
    ],
    ...(body && { requestBody: { required: true, content: json(components.schemaOf(body)) } }),
    ...(operation.raw === 'body' && { requestBody: { required: true, content: bytes } }),
    responses: {
      [status]: { description: summary, ...(Object.keys(content).length && { content }) },
      '4XX': problem,
      '5XX': problem,
    },
  };
}

const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

const json = (schema: Json) => ({ 'application/json': { schema } });

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined, components: Components): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !(field instanceof z.ZodOptional),
    schema: components.schemaOf(field as z.ZodType),
  }));
}

/** Schemas with an id become components, named once and referred to. */
class Components {
  readonly schemas: Record<string, Json> = {};

  schemaOf(schema: z.ZodType): Json {
    const options = { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' } as const;
    const { $schema: _, definitions = {}, ...rest } = relocated(z.toJSONSchema(schema, options));
    const { id, ...described } = rest;
    Object.assign(this.schemas, definitions);
    if (typeof id !== 'string') return rest;
    this.schemas[id] = described;
    return { $ref: `#/components/schemas/${id}` };
  }
}

/** The same JSON with references that point to components. */
const relocated = (schema: unknown): Json & { readonly definitions?: Record<string, Json> } =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', '"#/components/schemas/'));
