/** References to secrets and objects: a whole value like `pipeline_secret{{ key }}`. */
import type { TaskConfig } from '../pipeline/config.ts';

const kinds = ['pipeline_secret', 'global_secret', 'pipeline_object', 'run_object'] as const;

export type Reference = { readonly kind: (typeof kinds)[number]; readonly key: string };

const pattern = new RegExp(`^\\s*(${kinds.join('|')})\\{\\{\\s*(.*?)\\s*\\}\\}\\s*$`);

/** The reference that a value is; `undefined` for a plain value. */
export function referenceIn(value: string): Reference | undefined {
  const match = pattern.exec(value);
  const kind = kinds.find((name) => name === match?.[1]);
  return kind && match?.[2] ? { kind, key: match[2] } : undefined;
}

export type SecretReference = { readonly kind: 'pipeline_secret' | 'global_secret'; readonly key: string };

/** The value is one that no state, override or row may hold. */
export function secretIn(value: string): SecretReference | undefined {
  const reference = referenceIn(value);
  return reference && isToSecret(reference) ? reference : undefined;
}

const isToSecret = (reference: Reference): reference is SecretReference =>
  reference.kind === 'pipeline_secret' || reference.kind === 'global_secret';

/** The variables of a task that are secrets, by their names in the container. The later of two with the same name wins. */
export function secretVariables({ variables }: Pick<TaskConfig, 'variables'>): ReadonlyMap<string, SecretReference> {
  const found = new Map<string, SecretReference>();
  for (const [name, value] of Object.entries(variables)) {
    const reference = secretIn(value);
    if (reference) found.set(name.toUpperCase(), reference);
    else found.delete(name.toUpperCase());
  }
  return found;
}
