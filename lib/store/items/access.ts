/** Tokens, of people and of containers, and roles. */
import type { Action } from '../../access/permission.ts';
import type { Key } from '../table.ts';
import { pipelinePartition } from './pipeline.ts';

/** Tokens are found by the SHA-256 of their secret; the secret itself is stored nowhere. */
export const tokensPartition = 'TOKENS';
export const tokenKey = (hash: string): Key => ({ pk: tokensPartition, sk: hash });
export type TokenItem = Key & {
  id: string;
  user: string;
  roles: readonly string[];
  metadata: Readonly<Record<string, string>>;
  created: number;
  /** 0 = never. */
  expires: number;
  disabled: boolean;
  /** When it was switched off or on, last; and by which token. */
  changed?: number;
  changed_by?: string;
  /** When it was seen last, to the hour. */
  last_used?: number;
  /** Deleted, but for its event; and by which token. */
  deleted?: number;
  deleted_by?: string;
  /** The extension whose own it is: see `extension/rights.ts`. */
  extension?: string;
};

/** Tokens by the time they expire, or are to be renewed: what the sweep has to do. */
export const tokenExpiriesPartition = 'TOKEN_EXPIRIES';
export const tokenExpiryKey = (expires: number, hash: string): Key => ({
  pk: tokenExpiriesPartition,
  sk: `${tokenExpiryPrefix(expires)}${hash}`,
});
export const tokenExpiryPrefix = (expires: number) => `${String(expires).padStart(16, '0')}#`;
export type TokenExpiryItem = Key & {
  expires: number;
  /** Hash of the token to remove, if it expires then, or if its deletion was begun and not ended. */
  token?: string;
  /** The pipeline whose token is renewed then. */
  renews?: { readonly namespace: string; readonly pipeline: string; readonly uid: string };
};

/** Tokens that containers are given; apart from those that people have. */
export const injectedTokenKey = (hash: string): Key => ({ pk: 'INJECTED_TOKENS', sk: hash });
export type InjectedTokenItem = Key & {
  id: string;
  namespace: string;
  pipeline: string;
  uid: string;
  /** The one run that it is for; absent: every run of the pipeline. */
  run?: number;
  created: number;
  expires: number;
};

/** That a pipeline on AWS has a token for its containers, and when it is renewed. */
export const pipelineTokenKey = (uid: string): Key => ({ pk: pipelinePartition(uid), sk: 'TOKEN' });
export type PipelineTokenItem = Key & { due: number };

export const rolesPartition = 'ROLES';
export const roleKey = (id: string): Key => ({ pk: rolesPartition, sk: id });
export type RoleItem = Key & {
  id: string;
  description: string;
  permissions: readonly { readonly resources: readonly string[]; readonly actions: readonly Action[] }[];
  created: number;
  modified: number;
  /** The token that changed it, last. */
  modified_by?: string;
  /** Its last change is not told yet. */
  untold?: boolean;
  /** Deleted, but for its event. */
  deleted?: number;
};
