/** The port `Secrets` in memory. */
import type { Secrets } from '../lib/ports/secrets.ts';

export type MemorySecrets = Secrets & { readonly values: Map<string, string> };

export function createMemorySecrets(): MemorySecrets {
  const values = new Map<string, string>();
  const formers = new Map<string, string>();
  return {
    values,
    limit: { store: 'the memory', bytes: 65_536 },
    put: async (name, value) => {
      const before = values.get(name);
      if (before !== undefined) formers.set(name, before);
      values.set(name, value);
    },
    get: async (name) => values.get(name),
    former: async (name) => formers.get(name),
    remove: async (name) => {
      values.delete(name);
      formers.delete(name);
    },
  };
}
