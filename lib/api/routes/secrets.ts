import * as z from 'zod';
import { isAdministrator } from '../../access/administrator.ts';
import { GoferError } from '../../errors.ts';
import {
  deleteGlobalSecret,
  getGlobalSecret,
  listGlobalSecrets,
  mayReadGlobal,
  noGlobalSecret,
  putGlobalSecret,
} from '../../secret/global-secrets.ts';
import {
  deletePipelineSecret,
  getPipelineSecret,
  listPipelineSecrets,
  type PipelineSecret,
  putPipelineSecret,
  type ShownSecret,
} from '../../secret/pipeline-secrets.ts';
import type { SecretItem } from '../../store/items/secret.ts';
import { HeadedAnswer, warningHeader } from '../headed.ts';
import { type Caller, operation } from '../operation.ts';
import { paged, pageOf, pageSchema } from '../page.ts';
import { pipelineParams, pipelinePath } from '../paths.ts';
import { type Secret, secretSchema } from '../schemas/secret.ts';

const secretParams = pipelineParams.extend({ key: z.string() });
const globalParams = z.object({ key: z.string() });
const secretsPath = `${pipelinePath}/secrets`;
const secretPath = `${secretsPath}/{key}`;

const query = z.object({
  include_secret: z.boolean().optional().describe('With the value, which administrators alone may read.'),
});

const content = z.string().meta({ writeOnly: true }).describe('The value: up to 64 KiB, on AWS with SSM 4 KiB.');
const force = z.boolean().describe('Overwrites a secret that exists.');
const shownSchema = z.object({ metadata: secretSchema, secret: z.string().nullable() });

export const secretView = ({ key, namespaces, created = 0 }: SecretItem): Secret => ({ key, namespaces, created });

const shownView = ({ item, value }: ShownSecret) => ({ metadata: secretView(item), secret: value ?? null });

const secretOf = (params: z.output<typeof secretParams>): PipelineSecret => ({
  namespace: params.namespace_id,
  pipeline: params.pipeline_id,
  key: params.key,
});

/** Refuses to read a value back for anybody but an administrator. */
function mayReveal(wanted: boolean | undefined, caller: Caller | undefined): boolean {
  if (wanted) onlyAdministrators(caller, 'include_secret=true', 'without it the answer tells all but the value');
  return wanted ?? false;
}

function onlyAdministrators(caller: Caller | undefined, what: string, advice: string): void {
  if (isAdministrator(caller)) return;
  throw new GoferError(401, 'forbidden', `${what} needs a role that may change roles, such as admin; ${advice}`);
}

/** The contract's answer has no body: what is worth knowing stands in a header. */
const warned = (warning: string | undefined) =>
  warning === undefined ? undefined : new HeadedAnswer(warningHeader(warning));

export const secrets = [
  operation({
    operationId: 'list_pipeline_secrets',
    method: 'GET',
    path: secretsPath,
    summary: "List a pipeline's secrets, without their values",
    access: { resource: 'secrets', action: 'read' },
    params: pipelineParams,
    query: pageSchema,
    status: 200,
    response: z.object({ secrets: z.array(secretSchema) }),
    handler: async (home, { params, query }) => {
      const pipeline = { namespace: params.namespace_id, pipeline: params.pipeline_id };
      return { secrets: paged(await listPipelineSecrets(home, pipeline), pageOf(query)).map(secretView) };
    },
  }),
  operation({
    operationId: 'put_pipeline_secret',
    method: 'POST',
    path: secretsPath,
    summary: 'Store a secret of a pipeline, for its tasks alone',
    access: { resource: 'secrets', action: 'write' },
    params: pipelineParams,
    body: z.strictObject({ key: z.string(), content, force }).meta({ id: 'PutPipelineSecretRequest' }),
    status: 201,
    response: z.object({ secret: secretSchema }),
    handler: async (home, { params, body }) => {
      const { key, ...value } = body;
      const put = secretView(await putPipelineSecret(home, { ...secretOf({ ...params, key }), ...value }));
      // As the original answers here, and only here.
      return { secret: { ...put, namespaces: [] } };
    },
  }),
  operation({
    operationId: 'get_pipeline_secret',
    method: 'GET',
    path: secretPath,
    summary: 'Get a secret of a pipeline; its value only with include_secret=true, for administrators',
    access: { resource: 'secrets', action: 'read' },
    params: secretParams,
    query,
    status: 200,
    response: shownSchema,
    handler: async (home, { params, query, caller }) => {
      const reveal = mayReveal(query.include_secret, caller);
      return shownView(await getPipelineSecret(home, secretOf(params), reveal));
    },
  }),
  operation({
    operationId: 'delete_pipeline_secret',
    method: 'DELETE',
    path: secretPath,
    summary: 'Delete a secret of a pipeline; a header "warning" names tasks of the live version that use it',
    access: { resource: 'secrets', action: 'delete' },
    params: secretParams,
    status: 204,
    handler: async (home, { params }) => warned(await deletePipelineSecret(home, secretOf(params))),
  }),
  operation({
    operationId: 'list_global_secrets',
    method: 'GET',
    path: '/api/secrets/global',
    summary: 'List global secrets, without their values',
    access: { resource: 'secrets', action: 'read' },
    query: pageSchema,
    status: 200,
    response: z.object({ secrets: z.array(secretSchema) }),
    handler: async (home, { query, caller }) => {
      const visible = (await listGlobalSecrets(home)).filter(await mayReadGlobal(home, caller));
      return { secrets: paged(visible, pageOf(query)).map(secretView) };
    },
  }),
  operation({
    operationId: 'put_global_secret',
    method: 'POST',
    path: '/api/secrets/global',
    summary: 'Store a secret for the pipelines of some namespaces',
    access: { resource: 'secrets', action: 'write' },
    body: z
      .strictObject({ key: z.string(), content, namespaces: z.array(z.string()), force })
      .meta({ id: 'PutGlobalSecretRequest' }),
    status: 201,
    response: z.object({ secret: secretSchema }),
    handler: async (home, { body, caller }) => {
      onlyAdministrators(caller, 'a global secret', 'store a secret of the pipeline instead');
      return { secret: secretView(await putGlobalSecret(home, body)) };
    },
  }),
  operation({
    operationId: 'get_global_secret',
    method: 'GET',
    path: '/api/secrets/global/{key}',
    summary: 'Get a global secret; its value only with include_secret=true, for administrators',
    access: { resource: 'secrets', action: 'read' },
    params: globalParams,
    query,
    status: 200,
    response: shownSchema,
    handler: async (home, { params, query, caller }) => {
      const reveal = mayReveal(query.include_secret, caller);
      const found = await getGlobalSecret(home, params.key, reveal);
      if ((await mayReadGlobal(home, caller))(found.item)) return shownView(found);
      throw noGlobalSecret(params.key);
    },
  }),
  operation({
    operationId: 'delete_global_secret',
    method: 'DELETE',
    path: '/api/secrets/global/{key}',
    summary: 'Delete a global secret; a header "warning" names tasks of live versions that use it',
    access: { resource: 'secrets', action: 'delete' },
    params: globalParams,
    status: 204,
    handler: async (home, { params, caller }) => {
      onlyAdministrators(caller, 'a global secret', 'ask an administrator to delete it');
      return warned(await deleteGlobalSecret(home, params.key));
    },
  }),
];
