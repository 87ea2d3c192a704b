import * as z from 'zod';
import { checkHandOut } from '../../access/hand-out.ts';
import { mayRead } from '../../access/visible.ts';
import { extensionView, getExtension, hostOf, listExtensions } from '../../extension/extensions.ts';
import { installExtension, setExtensionEnabled, uninstallExtension } from '../../extension/install.ts';
import { checkSecretUse } from '../../extension/secrets.ts';
import type { Home } from '../../home.ts';
import { extensionObjects } from '../../object/place.ts';
import { subscriptionsOf } from '../../subscription/restore.ts';
import { subscriptionViews } from '../../subscription/view.ts';
import { operation } from '../operation.ts';
import { paged, pageOf, pageSchema } from '../page.ts';
import { extensionParams, extensionPath } from '../paths.ts';
import { extensionSchema, installRequestSchema } from '../schemas/extension.ts';
import { subscriptionSchema } from '../schemas/subscription.ts';
import { objectOperations } from './object-operations.ts';

const response = z.object({ extension: extensionSchema });

export const extensions = [
  operation({
    operationId: 'list_extensions',
    method: 'GET',
    path: '/api/extensions',
    summary: 'List the installed extensions',
    access: { resource: 'extensions', action: 'read' },
    query: pageSchema,
    status: 200,
    response: z.object({ extensions: z.array(extensionSchema) }),
    handler: async (home, { query, caller }) => {
      const visible = (await listExtensions(home)).filter(mayRead(caller, 'extensions'));
      return { extensions: paged(visible, pageOf(query)).map((each) => extensionView(home, each)) };
    },
  }),
  operation({
    operationId: 'install_extension',
    method: 'POST',
    path: '/api/extensions',
    summary: 'Install and start an extension',
    access: { resource: 'extensions', action: 'write', named: 'id' },
    body: installRequestSchema,
    status: 201,
    response,
    handler: async (home, { body, caller }) => {
      const { id, image, settings, entrypoint, command, additional_roles, registry_auth } = body;
      checkHandOut(caller, additional_roles ?? []);
      checkSecretUse(caller, settings);
      const wanted = {
        ...{ id, image, settings },
        ...(entrypoint?.length && { entrypoint }),
        ...(command?.length && { command }),
        ...(additional_roles && { additional_roles }),
        ...(registry_auth && { registry_auth }),
      };
      return { extension: extensionView(home, await installExtension(home, wanted)) };
    },
  }),
  operation({
    operationId: 'get_extension',
    method: 'GET',
    path: extensionPath,
    summary: 'Get an extension',
    access: { resource: 'extensions', action: 'read' },
    params: extensionParams,
    status: 200,
    response,
    handler: async (home, { params }) => ({
      extension: extensionView(home, await getExtension(home, params.extension_id)),
    }),
  }),
  operation({
    operationId: 'update_extension',
    method: 'PATCH',
    path: extensionPath,
    summary: 'Enable or disable an extension',
    access: { resource: 'extensions', action: 'write' },
    params: extensionParams,
    body: z.strictObject({ enable: z.boolean() }).meta({ id: 'UpdateExtensionRequest' }),
    status: 204,
    handler: (home, { params, body }) => setExtensionEnabled(home, params.extension_id, body.enable),
  }),
  operation({
    operationId: 'uninstall_extension',
    method: 'DELETE',
    path: extensionPath,
    summary: 'Stop and remove an extension',
    access: { resource: 'extensions', action: 'delete' },
    params: extensionParams,
    status: 204,
    handler: (home, { params }) => uninstallExtension(home, params.extension_id),
  }),
  operation({
    operationId: 'get_extension_debug_info',
    method: 'GET',
    path: `${extensionPath}/debug`,
    summary: 'Get what the extension tells of its inside',
    access: { resource: 'extensions', action: 'read' },
    params: extensionParams,
    status: 200,
    response: z.object({ info: z.string() }).meta({ id: 'DebugResponse' }),
    handler: async (home, { params }) => {
      const extension = await getExtension(home, params.extension_id);
      const client = await hostOf(home).client(extension);
      return { info: await client.debug() };
    },
  }),
  operation({
    operationId: 'list_extension_subscriptions',
    method: 'GET',
    path: `${extensionPath}/subscriptions`,
    summary: 'List the subscriptions to an extension, of every pipeline',
    access: { resource: 'extensions', action: 'read' },
    params: extensionParams,
    query: pageSchema,
    status: 200,
    response: z.object({ subscriptions: z.array(subscriptionSchema) }),
    handler: async (home, { params, query, caller }) => {
      const { id } = await getExtension(home, params.extension_id);
      const visible = (await subscriptionsOf(home, id)).filter(
        ({ namespace, pipeline }) =>
          // An extension knows its own by itself, and no others of the pipelines that subscribe to it.
          caller?.token.extension === id ||
          (caller?.may({
            resource: 'subscriptions',
            action: 'read',
            ids: { namespaces: namespace, pipelines: pipeline },
          }) ??
            true),
      );
      const items = paged(visible, pageOf(query));
      return { subscriptions: await subscriptionViews(home, items) };
    },
  }),
  ...objectOperations({
    noun: 'extension',
    path: extensionPath,
    params: extensionParams,
    place: objectsOf,
    open: objectsOf,
  }),
];

async function objectsOf(home: Home, { extension_id }: z.output<typeof extensionParams>) {
  return extensionObjects(await getExtension(home, extension_id));
}
