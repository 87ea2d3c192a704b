/** Good requests about extensions and the subscriptions of pipelines to them. */
import { fresh } from '../world.ts';
import type { Samples } from './samples.ts';

export const extensions: Samples = {
  list_extensions: () => ({}),
  install_extension: ({ extensionOf }) => ({ body: extensionOf(fresh('hooks')) }),
  get_extension: async ({ shared }) => ({ params: await shared.extension() }),
  update_extension: async ({ extension }) => ({ params: await extension(), body: { enable: false } }),
  uninstall_extension: async ({ extension }) => ({ params: await extension() }),
  get_extension_debug_info: async ({ shared }) => ({ params: await shared.extension() }),
  get_extension_logs: async ({ shared }) => ({
    params: await shared.extension(),
    headers: { accept: 'text/event-stream' },
  }),

  list_extension_subscriptions: async ({ shared }) => ({ params: await shared.extension() }),
  list_subscriptions: async ({ shared }) => ({ params: await shared.pipeline() }),
  create_subscription: async ({ shared }) => {
    const extension = await shared.extension();
    return {
      params: await shared.pipeline(),
      body: { ...extension, subscription_id: fresh('on-push'), settings: { event: 'push' } },
    };
  },
  get_subscription: async ({ subscription }) => ({ params: await subscription() }),
  update_subscription: async ({ subscription }) => ({ params: await subscription(), body: { status: 'disabled' } }),
  delete_subscription: async ({ subscription }) => ({ params: await subscription() }),
};
