import * as z from 'zod';
import { getPipeline } from '../../pipeline/pipelines.ts';
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  setSubscriptionStatus,
} from '../../subscription/subscriptions.ts';
import { subscriptionView, subscriptionViews } from '../../subscription/view.ts';
import { operation } from '../operation.ts';
import { paged, pageOf, pageSchema } from '../page.ts';
import { pipelineParams, pipelinePath } from '../paths.ts';
import { subscriptionSchema } from '../schemas/subscription.ts';

const params = pipelineParams.extend({ extension_id: z.string(), subscription_id: z.string() });
const path = `${pipelinePath}/subscriptions/{extension_id}/{subscription_id}`;
const response = z.object({ subscription: subscriptionSchema });

const idOf = (each: { readonly extension_id: string; readonly subscription_id: string }) => ({
  extension: each.extension_id,
  id: each.subscription_id,
});

export const subscriptions = [
  operation({
    operationId: 'list_subscriptions',
    method: 'GET',
    path: `${pipelinePath}/subscriptions`,
    summary: 'List the subscriptions of a pipeline',
    access: { resource: 'subscriptions', action: 'read' },
    params: pipelineParams,
    query: pageSchema,
    status: 200,
    response: z.object({ subscriptions: z.array(subscriptionSchema) }),
    handler: async (home, { params, query }) => {
      const pipeline = await getPipeline(home, params.namespace_id, params.pipeline_id);
      const items = paged(await listSubscriptions(home, pipeline), pageOf(query));
      return { subscriptions: await subscriptionViews(home, items) };
    },
  }),
  operation({
    operationId: 'create_subscription',
    method: 'POST',
    path: `${pipelinePath}/subscriptions`,
    summary: 'Subscribe a pipeline to an extension',
    access: { resource: 'subscriptions', action: 'write' },
    params: pipelineParams,
    body: z
      .strictObject({
        extension_id: z.string(),
        subscription_id: z.string(),
        settings: z.record(z.string(), z.string()),
      })
      .meta({ id: 'CreateSubscriptionRequest' }),
    status: 201,
    response,
    handler: async (home, { params, body }) => {
      const pipeline = await getPipeline(home, params.namespace_id, params.pipeline_id);
      const item = await createSubscription(home, pipeline, { ...idOf(body), settings: body.settings });
      return { subscription: await subscriptionView(home, item) };
    },
  }),
  operation({
    operationId: 'get_subscription',
    method: 'GET',
    path,
    summary: 'Get a subscription of a pipeline',
    access: { resource: 'subscriptions', action: 'read' },
    params,
    status: 200,
    response,
    handler: async (home, { params }) => {
      const pipeline = await getPipeline(home, params.namespace_id, params.pipeline_id);
      return { subscription: await subscriptionView(home, await getSubscription(home, pipeline, idOf(params))) };
    },
  }),
  operation({
    operationId: 'update_subscription',
    method: 'PATCH',
    path,
    summary: 'Switch a subscription off or on again',
    access: { resource: 'subscriptions', action: 'write' },
    params,
    body: z
      .strictObject({
        status: z.enum(['active', 'disabled']).meta({ id: 'UpdateSubscriptionStatus' }).nullish(),
      })
      .meta({ id: 'UpdateSubscriptionRequest' }),
    status: 204,
    handler: async (home, { params, body }) => {
      const pipeline = await getPipeline(home, params.namespace_id, params.pipeline_id);
      if (body.status) await setSubscriptionStatus(home, pipeline, { ...idOf(params), status: body.status });
      else await getSubscription(home, pipeline, idOf(params));
    },
  }),
  operation({
    operationId: 'delete_subscription',
    method: 'DELETE',
    path,
    summary: 'Unsubscribe a pipeline from an extension',
    access: { resource: 'subscriptions', action: 'delete' },
    params,
    status: 204,
    handler: async (home, { params }) => {
      const pipeline = await getPipeline(home, params.namespace_id, params.pipeline_id);
      await deleteSubscription(home, pipeline, idOf(params));
    },
  }),
];
