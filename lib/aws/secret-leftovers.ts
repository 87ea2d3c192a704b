/** The secrets that an installation has left in its account. They begin with its name, and end as the product's alone do. */
import * as z from 'zod';
import type { Leftover } from '../ports/leftovers.ts';
import { callService } from './json-call.ts';
import { type SecretStore, secretsRoot } from './secret-path.ts';
import type { SecretSettings } from './secrets.ts';
import type { SignedOptions } from './signed.ts';

const page = z.object({ NextToken: z.string().optional() });
const secretsPage = page.extend({ SecretList: z.array(z.object({ Name: z.string() })).default([]) });
const parametersPage = page.extend({ Parameters: z.array(z.object({ Name: z.string() })).default([]) });

/** DeleteParameters takes at most 10. */
const deletedAtOnce = 10;

/** Registry credentials lie in Secrets Manager whatever the store is. */
export async function* secretsLeft(
  { installation, store }: SecretSettings,
  options: SignedOptions,
): AsyncGenerator<Leftover, void> {
  for (const name of await names(installation, 'secrets-manager', options))
    yield {
      kind: 'secrets',
      count: 1,
      remove: async () => {
        const input = { SecretId: name, ForceDeleteWithoutRecovery: true };
        await callService('secretsmanager', 'DeleteSecret', input, options).catch(unlessGone);
      },
    };
  if (store !== 'parameter-store') return;
  const parameters = await names(installation, store, options);
  for (let at = 0; at < parameters.length; at += deletedAtOnce) {
    const some = parameters.slice(at, at + deletedAtOnce);
    yield {
      kind: 'secrets',
      count: some.length,
      // Names that are gone are told in its answer, and are no error.
      remove: async () => void (await callService('ssm', 'DeleteParameters', { Names: some }, options)),
    };
  }
}

/** All of them before any is removed: a list that is read on while it shrinks leaves some out. */
async function names(installation: string, store: SecretStore, options: SignedOptions): Promise<string[]> {
  const root = secretsRoot(installation, store);
  const found: string[] = [];
  for (let token: string | undefined, first = true; first || token; first = false) {
    const next = token === undefined ? {} : { NextToken: token };
    if (store === 'secrets-manager') {
      const filter = { MaxResults: 100, Filters: [{ Key: 'name', Values: [root] }] };
      const answer = secretsPage.parse(
        await callService('secretsmanager', 'ListSecrets', { ...filter, ...next }, options),
      );
      found.push(...answer.SecretList.map(({ Name }) => Name));
      token = answer.NextToken;
    } else {
      const filter = { MaxResults: 50, ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: [root] }] };
      const answer = parametersPage.parse(
        await callService('ssm', 'DescribeParameters', { ...filter, ...next }, options),
      );
      found.push(...answer.Parameters.map(({ Name }) => Name));
      token = answer.NextToken;
    }
  }
  return found.filter((name) => name.startsWith(root) && name.endsWith('/value'));
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
}
