import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createApi } from '../../lambdas/api/api.ts';
import { operations } from '../../lib/api/operations.ts';
import { createMemoryHome } from '../memory-home.ts';
import { proxyEvent, startApi } from './client.ts';

type Schema = { readonly [name: string]: unknown };
type Operation = {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Schema };
  readonly responses: Readonly<Record<string, { readonly content?: Schema } | undefined>>;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const contract = JSON.parse(
  readFileSync(new URL('./contract/gofer-openapi.json', import.meta.url), 'utf8'),
) as Document;

const send = await startApi();
const own = (await send('GET /api/openapi.json')).json as unknown as Document;

/** What a schema allows, told by path: fields with their types, and the words of enumerations. */
function facts(document: Document, schema: Schema, at = ''): string[] {
  const ref = schema['$ref'];
  if (typeof ref === 'string')
    return facts(document, document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {}, at);
  const choices = (schema['allOf'] ?? schema['oneOf'] ?? schema['anyOf']) as Schema[] | undefined;
  if (choices) return choices.flatMap((choice) => facts(document, choice, at));
  if (schema['enum']) return (schema['enum'] as string[]).map((word) => `${at} = ${word}`);
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const items = schema['items'] as Schema | undefined;
  const values = schema['additionalProperties'];
  return [
    ...(schema['type'] ? [`${at}: ${schema['type']}`] : []),
    ...properties.flatMap(([name, inner]) => facts(document, inner, `${at}.${name}`)),
    ...(items ? facts(document, items, `${at}[]`) : []),
    ...(typeof values === 'object' && values !== null ? facts(document, values as Schema, `${at}{}`) : []),
  ];
}

/** The contract lets a client send `Unknown` as what a task needs of a parent, which no task can mean. */
const meansSomething = (fact: string) => fact !== '.config.tasks[].depends_on{} = Unknown';

const schemaOf = (content: Schema | undefined): Schema =>
  (content?.['application/json'] as { schema: Schema } | undefined)?.schema ?? {};

const served = operations.flatMap(({ method, path }) => {
  const known = contract.paths[path]?.[method.toLowerCase()];
  return known ? [{ known, ours: own.paths[path]?.[method.toLowerCase()], name: `${method} ${path}` }] : [];
});

test('serves the contract’s operations of the nouns that it has', () => {
  expect(served.length).toBeGreaterThanOrEqual(41);
});

test.each(served)('$name takes and gives all that the contract names', ({ known, ours }) => {
  expect(ours?.operationId).toBe(known.operationId);
  const names = (operation: Operation | undefined) => operation?.parameters?.map((each) => `${each.in} ${each.name}`);
  expect(names(ours) ?? []).toEqual(expect.arrayContaining(names(known) ?? []));
  expect(facts(own, schemaOf(ours?.requestBody?.content))).toEqual(
    expect.arrayContaining(facts(contract, schemaOf(known.requestBody?.content)).filter(meansSomething)),
  );
  for (const [status, response] of Object.entries(known.responses)) {
    if (status === 'default') continue;
    expect(Object.keys(ours?.responses ?? {})).toContain(status);
    const wanted = facts(contract, schemaOf(response?.content));
    expect(facts(own, schemaOf(ours?.responses[status]?.content))).toEqual(expect.arrayContaining(wanted));
  }
});

test('asks for no parameter that Gofer’s clients don’t send', () => {
  for (const { known, ours } of served) {
    const required = ours?.parameters?.filter((each) => each.required).map((each) => each.name) ?? [];
    expect(known.parameters?.map((each) => each.name) ?? []).toEqual(expect.arrayContaining(required));
  }
});

test('refers only to schemas that it has', () => {
  const references = JSON.stringify(own).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
  for (const [, name = ''] of references) expect(own.components.schemas).toHaveProperty(name);
});

test.each([
  ['on one machine', { host: '127.0.0.1:8080' }, '/api/openapi.json', '/api/openapi.json', 'http://127.0.0.1:8080'],
  [
    'under a stage path of API Gateway',
    { Host: 'abc.execute-api.eu-central-1.amazonaws.com', 'X-Forwarded-Proto': 'https' },
    '/api/openapi.json',
    '/prod/api/openapi.json',
    'https://abc.execute-api.eu-central-1.amazonaws.com/prod',
  ],
  [
    'under the base path of a domain of one’s own',
    { Host: 'tools.example.com', 'X-Forwarded-Proto': 'https' },
    '/gofer/api/openapi.json',
    '/gofer/api/openapi.json',
    'https://tools.example.com/gofer',
  ],
])('says where its paths begin: %s', async (_, headers, path, whole, url) => {
  const event = proxyEvent('GET', path, { headers });
  const api = createApi(createMemoryHome());
  const { statusCode, body } = await api({ ...event, requestContext: { ...event.requestContext, path: whole } });
  expect([statusCode, JSON.parse(body).servers]).toEqual([200, [{ url }]]);
});
