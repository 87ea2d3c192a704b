/**
 * A client that is made when it is first used. Few invocations need all that their function may need, and each client would
 * be a millisecond or two of every cold start.
 */
import { once } from '../once.ts';

export function whenUsed<Client extends object>(make: () => Client): Client {
  const client = once(make);
  return new Proxy({} as Client, {
    get(_, name) {
      const found: unknown = Reflect.get(client(), name);
      return typeof found === 'function' ? found.bind(client()) : found;
    },
    // The SDK's paginators look whose client it is.
    getPrototypeOf: () => Reflect.getPrototypeOf(client()),
  });
}
