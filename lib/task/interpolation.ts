/** References to secrets and objects: a whole value like `pipeline_secret{{ key }}`. */
const kinds = ['pipeline_secret', 'global_secret', 'pipeline_object', 'run_object'] as const;

export type Reference = { readonly kind: (typeof kinds)[number]; readonly key: string };

const pattern = new RegExp(`^\\s*(${kinds.join('|')})\\{\\{\\s*(.*?)\\s*\\}\\}\\s*$`);

/** The reference that a value is; `undefined` for a plain value. */
export function referenceIn(value: string): Reference | undefined {
  const match = pattern.exec(value);
  const kind = kinds.find((name) => name === match?.[1]);
  return kind && match?.[2] ? { kind, key: match[2] } : undefined;
}
