/** Extensions on AWS: services in memory, whose containers run at once and answer as extensions do. */
import type { Exchange } from '../../lib/extension/exchange.ts';
import type { Tender } from '../../lib/extension/tend.ts';
import type { ExtensionServices, ServiceWork } from '../../lib/ports/extension-services.ts';

export type ExtensionAccount = Tender & {
  /** What runs, by the extension. */
  readonly running: Map<string, ServiceWork>;
  /** Requests that extensions got: `POST subscribe`. */
  readonly asked: string[];
};

const documentation = { body: '', config_params: [], pipeline_subscription_params: [] };
const texts: Readonly<Record<string, object>> = { info: { documentation }, debug: { info: 'well' } };

export function createExtensionAccount(): ExtensionAccount {
  const running = new Map<string, ServiceWork>();
  const asked: string[] = [];
  const services: ExtensionServices = {
    list: async () => [...running.keys()],
    put: async (work) => void running.set(work.id, work),
    remove: async (id) => void running.delete(id),
    container: async ({ id, secrets }) => {
      const arn = `arn:aws:ecs:eu-central-1:123456789012:task/gofer/${Object.values(secrets).join()}`;
      return running.has(id) ? { arn, state: 'running', url: 'http://10.0.0.7:8082' } : undefined;
    },
  };
  const exchange: Exchange = async ({ method, url }) => {
    const operation = url.split('/').at(-1) ?? '';
    asked.push(`${method} ${operation}`);
    const text = texts[operation];
    return text ? { status: 200, text: JSON.stringify(text) } : { status: 204, text: '' };
  };
  return { services, exchange, running, asked };
}
