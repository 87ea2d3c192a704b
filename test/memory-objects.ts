/** Contents of objects in memory. */
import { buffer } from 'node:stream/consumers';
import type { Objects } from '../lib/ports/objects.ts';

export function createMemoryObjects(): Objects & { readonly stored: ReadonlyMap<string, Uint8Array> } {
  const stored = new Map<string, Uint8Array>();
  return {
    stored,
    async put(name, bytes) {
      const whole = await buffer(bytes);
      stored.set(name, whole);
      return whole.length;
    },
    async get(name) {
      const whole = stored.get(name);
      return (
        whole && {
          size: whole.length,
          async *bytes() {
            yield whole;
          },
        }
      );
    },
    sizeOf: async (name) => stored.get(name)?.length,
    remove: async (name) => void stored.delete(name),
  };
}
