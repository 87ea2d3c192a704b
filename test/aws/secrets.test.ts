/** Secrets on AWS: the calls of either store, answered by a server that behaves as AWS documents them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SecretStore } from '../../lib/aws/secret-path.ts';
import { createSecrets } from '../../lib/aws/secrets.ts';
import { describeSecrets } from '../ports/secrets.contract.ts';
import { type SecretService, startSecretService } from './secret-service.ts';

let aws: SecretService;

beforeEach(async () => {
  aws = await startSecretService();
});
afterEach(() => aws.close());

const secretsIn = (store: SecretStore) => createSecrets({ installation: 'Data', store }, aws.options);

describe.each(['secrets-manager', 'parameter-store'] as const)('%s', (store) => {
  describeSecrets(async () => secretsIn(store));

  test('what AWS says of a refused value does not repeat it', async () => {
    aws.refusals.push({ __type: 'ValidationException', message: 'Value the-canary at "SecretString" is no good' });
    const error = await secretsIn(store)
      .put('default/build/pass/value', 'the-canary')
      .catch((each: unknown) => each);
    expect(String(error)).toContain('ValidationException');
    expect(String(error)).not.toContain('canary');
  });
});

test('names lie under the stack’s own', async () => {
  await secretsIn('secrets-manager').put('default/build/pass/value', 'one');
  await secretsIn('parameter-store').put('default/build/pass/value', 'one');
  expect([...aws.values.keys()]).toEqual([
    'gofer/Data/default/build/pass/value',
    '/gofer/Data/default/build/pass/value',
  ]);
  expect(aws.asked.at(-1)?.input).toMatchObject({ Type: 'SecureString', Overwrite: true });
});

test('registry credentials are with Secrets Manager, where alone ECS reads them', async () => {
  await secretsIn('parameter-store').put('default/build/_registry/compile/value', '{}');
  expect([...aws.values.keys()]).toEqual(['gofer/Data/default/build/_registry/compile/value']);
});

test('a secret that is still on its way out is written once it has gone', async () => {
  const away = { __type: 'InvalidRequestException', message: 'it was marked for deletion' };
  aws.refusals.push(away, away, away);
  await secretsIn('secrets-manager').put('default/build/pass/value', 'one');
  expect(aws.values.get('gofer/Data/default/build/pass/value')).toBe('one');
});

test('a deleted secret is gone at once: nobody pays for it a week longer', async () => {
  const secrets = secretsIn('secrets-manager');
  await secrets.put('default/build/pass/value', 'one');
  await secrets.remove('default/build/pass/value');
  expect(aws.asked.at(-1)?.input).toMatchObject({ ForceDeleteWithoutRecovery: true });
});
