/** What roles allow, as they are written: `{resources: ['namespaces:^dev.*', 'runs'], actions: ['read']}`. */
import { InvalidError } from '../errors.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import { compilePattern, type Pattern } from './pattern.ts';

export const actions = ['read', 'write', 'delete'] as const;
export type Action = (typeof actions)[number];

/** What to write a run may mean. Roles allow all of it or nothing; tokens of extensions and of tasks only some. */
export type Deed = 'start' | 'cancel' | 'attach';

/** What routes are about. A run's tasks and their logs belong to `runs`, roles are `permissions`, as in the original. */
export const resources = [
  'configs',
  'deployments',
  'events',
  'extensions',
  'namespaces',
  'objects',
  'permissions',
  'pipelines',
  'runs',
  'secrets',
  'subscriptions',
  'system',
  'tokens',
] as const;
export type Resource = (typeof resources)[number];

/** Those that a permission may limit to some, by a pattern that their ids fit; all others belong to one of these. */
export const named = ['namespaces', 'pipelines', 'extensions'] as const;
export type Named = (typeof named)[number];

/** As the API takes and gives it. */
export type Permission = { readonly resources: readonly string[]; readonly actions: readonly Action[] };

/** A permission that is ready to be asked. */
export type Grant = {
  readonly action: ReadonlySet<Action>;
  /** Every resource, whatever its name. */
  readonly all: boolean;
  /** Patterns of the resource's names; none: whatever its name. Absent: not this resource. */
  readonly on: ReadonlyMap<Resource, readonly Pattern[]>;
};

/** Throws an `InvalidError` that names the resource and what is allowed. */
export function readPermission(permission: Permission): Grant {
  const on = new Map<Resource, readonly Pattern[]>();
  let all = false;
  for (const text of permission.resources) {
    if (text === 'all') {
      all = true;
      continue;
    }
    const { resource, pattern } = readResource(text);
    const before = on.get(resource);
    const every = pattern === undefined || before?.length === 0;
    on.set(resource, every ? [] : [...(before ?? []), pattern]);
  }
  return { action: new Set(permission.actions), all, on };
}

function readResource(text: string): { resource: Resource; pattern: Pattern | undefined } {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const resource = resources.find((each) => each === name);
  if (!resource) {
    const known = ['all', ...resources];
    const advice = didYouMean(name, known) ?? `known are ${known.join(', ')}`;
    throw new InvalidError(`resource "${text}" is not known; ${advice}`);
  }
  if (colon < 0) return { resource, pattern: undefined };
  if (!named.some((each) => each === resource))
    throw new InvalidError(
      `resource "${text}" can't be limited to some ${resource}; only ${named.join(', ')} take a pattern: limit it by those that hold them`,
    );
  return { resource, pattern: compilePattern(text.slice(colon + 1)) };
}
