import type { Call } from './world.ts';

/** Every method of a port becomes a call of the process, but for what needs none. */
export function through<T extends object>(port: T, call: Call): T {
  return new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      return typeof method === 'function' && name !== 'nameOf'
        ? (...args: unknown[]) => call(() => Reflect.apply(method, target, args) as Promise<unknown>)
        : method;
    },
  });
}
