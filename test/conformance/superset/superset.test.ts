import { describe, expect, test } from 'vitest';
import { createApi } from '../../../lambdas/api/api.ts';
import { extendedKindNames } from '../../../lib/api/schemas/event.ts';
import { proxyEvent } from '../../api/client.ts';
import { createMemoryHome } from '../../memory-home.ts';
import { contract, type Document, type Schema } from '../contract.ts';
import { notYet } from '../not-yet.ts';
import { narrowed } from './narrowed.ts';

/** What Gofer 0.9 takes and this one refuses: each was a mistake that came to light only later, or never. */
const deliberate = [
  'register_config body as application/json.config.id: has pattern ^[A-Za-z0-9-]{3,32}$',
  'register_config body as application/json.config.parallelism: has minimum 0',
  'register_config body as application/json.config.tasks: has minItems 1',
  'register_config body as application/json.config.tasks[].depends_on{}: may not be "Unknown"',
  'register_config body as application/json.config.tasks[].id: has pattern ^[A-Za-z0-9_-]{3,32}$',
  'get_config version: has minimum 0',
  'deploy_config version: has minimum 0',
  'delete_config version: has minimum 0',
  // Who gets one of these has asked for the kinds that Gofer 0.9 doesn't know, and so has its id.
  ...extendedKindNames.map((kind) => `get_event answer 200.event.kind: may have .${kind}`),
  // Runs are many; without a limit there are 200.
  'list_runs limit: has maximum 1000',
];

test('the document of this version takes nothing away that Gofer 0.9 promises', async () => {
  const { body } = await createApi(createMemoryHome())(proxyEvent('GET', '/api/openapi.json'));
  const missing = notYet.map((id) => `${id} is not there`);
  expect(narrowed(contract, JSON.parse(body) as Document).sort()).toEqual([...deliberate, ...missing].sort());
});

describe('what is taken away is told', () => {
  test('nothing, where nothing was', () => {
    expect(narrowed(contract, contract)).toEqual([]);
  });

  type Change = (schemas: Record<string, Writable>, paths: Record<string, Record<string, Writable>>) => unknown;
  type Writable = Record<string, never> & {
    properties: Record<string, Schema>;
    required: string[];
    enum: string[];
    oneOf: Schema[];
    parameters: { name: string; required: boolean }[];
    responses: Record<string, unknown>;
  };

  test.each<[string, string, Change]>([
    ['an operation', 'list_roles is not there', (_, paths) => delete paths['/api/roles']?.['get']],
    [
      'a status',
      'delete_role answer 204: is not there',
      (_, paths) => delete paths['/api/roles/{role_id}']?.['delete']?.responses['204'],
    ],
    [
      'a parameter',
      'list_runs limit: is not there',
      (_, paths) => {
        const list = paths[runs]?.['get'];
        if (list) list.parameters = list.parameters.filter(({ name }) => name !== 'limit');
      },
    ],
    [
      'leave to omit a parameter',
      'list_runs limit: is needed',
      (_, paths) => {
        for (const each of paths[runs]?.['get']?.parameters ?? []) each.required = each.name === 'limit';
      },
    ],
    [
      'a field of a request',
      'start_run body as application/json.variables: is not there',
      ({ StartRunRequest: it }) => delete it?.properties['variables'],
    ],
    [
      'leave to omit a field',
      'update_namespace body as application/json: .name is needed',
      ({ UpdateNamespaceRequest: it }) => {
        if (it) it.required = ['name'];
      },
    ],
    [
      'leave to say null',
      'update_token body as application/json.disabled: may not be null',
      ({ UpdateTokenRequest: it }) => {
        if (it) it.properties['disabled'] = { type: 'boolean' };
      },
    ],
    [
      'the type of a request’s field',
      'start_run body as application/json.variables{}: may not be string',
      ({ StartRunRequest: it }) => {
        if (it) it.properties['variables'] = { type: 'object', additionalProperties: { type: 'integer' } };
      },
    ],
    [
      'a word of a request',
      'create_role body as application/json.permissions[].actions[]: may not be "delete"',
      ({ Action: it }) => it?.enum.pop(),
    ],
    [
      'room in a request',
      'create_role body as application/json.id: has maxLength 9',
      ({ CreateRoleRequest: it }) => {
        if (it) it.properties['id'] = { type: 'string', maxLength: 9 };
      },
    ],
    [
      'a field of an answer',
      'get_role answer 200.role.system_role: is not there',
      ({ Role: it }) => delete it?.properties['system_role'],
    ],
    [
      'the promise of a field',
      'get_role answer 200.role: .system_role may be absent',
      ({ Role: it }) => {
        if (it) it.required = it.required.filter((name) => name !== 'system_role');
      },
    ],
    [
      'the end of an answer’s words',
      'get_role answer 200.role.permissions[].actions[]: may be "admire"',
      ({ Action: it }) => it?.enum.push('admire'),
    ],
    [
      'the end of the kinds of events',
      'get_event answer 200.event.kind: may have .slept',
      ({ Kind: it }) =>
        it?.oneOf.push({
          type: 'object',
          properties: { slept: { type: 'object' } },
          required: ['slept'],
          additionalProperties: false,
        }),
    ],
    [
      'the type of an answer’s field',
      'get_role answer 200.role.id: may be integer',
      ({ Role: it }) => {
        if (it) it.properties['id'] = { type: 'integer' };
      },
    ],
  ])('%s', (_, told, change) => {
    const own = structuredClone(contract) as unknown as {
      paths: Record<string, Record<string, Writable>>;
      components: { schemas: Record<string, Writable> };
    };
    change(own.components.schemas, own.paths);
    expect(narrowed(contract, own as unknown as Document)).toContain(told);
  });
});

const runs = '/api/namespaces/{namespace_id}/pipelines/{pipeline_id}/runs';
