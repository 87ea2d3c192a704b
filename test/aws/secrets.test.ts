/** Secrets on AWS: the calls of either store, answered by a server that behaves as AWS documents them. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SecretStore } from '../../lib/aws/secret-path.ts';
import { createSecrets } from '../../lib/aws/secrets.ts';
import { describeSecrets } from '../ports/secrets.contract.ts';

type Input = Readonly<Record<string, unknown>>;

let server: Server;
let values: Map<string, unknown>;
/** Refusals that come before any answer. */
let refusals: { readonly __type: string; readonly message: string }[];
let asked: { readonly operation: string; readonly input: Input }[];

const refused = (__type: string, message = 'no') => ({ refused: { __type, message } });

const answers: Readonly<Record<string, (input: Input) => object>> = {
  'secretsmanager.PutSecretValue': ({ SecretId, SecretString }) => replace(String(SecretId), SecretString),
  'secretsmanager.CreateSecret': ({ Name, SecretString }) => {
    if (values.has(String(Name))) return refused('ResourceExistsException');
    values.set(String(Name), SecretString);
    return {};
  },
  'secretsmanager.GetSecretValue': ({ SecretId }) =>
    values.has(String(SecretId))
      ? { SecretString: values.get(String(SecretId)) }
      : refused('ResourceNotFoundException'),
  'secretsmanager.DeleteSecret': ({ SecretId }) =>
    values.delete(String(SecretId)) ? {} : refused('ResourceNotFoundException'),
  'AmazonSSM.PutParameter': ({ Name, Value }) => {
    values.set(String(Name), Value);
    return { Version: 1 };
  },
  'AmazonSSM.GetParameter': ({ Name }) =>
    values.has(String(Name)) ? { Parameter: { Value: values.get(String(Name)) } } : refused('ParameterNotFound'),
  'AmazonSSM.DeleteParameter': ({ Name }) => (values.delete(String(Name)) ? {} : refused('ParameterNotFound')),
};

function replace(id: string, value: unknown): object {
  if (!values.has(id)) return refused('ResourceNotFoundException');
  values.set(id, value);
  return {};
}

beforeEach(async () => {
  values = new Map();
  refusals = [];
  asked = [];
  server = createServer(async (request, response) => {
    const input = (await json(request)) as Input;
    const operation = String(request.headers['x-amz-target']);
    asked.push({ operation, input });
    const next = refusals.shift();
    const answer = next ? { refused: next } : (answers[operation]?.(input) ?? refused('UnknownOperationException'));
    if ('refused' in answer) response.writeHead(400).end(JSON.stringify(answer.refused));
    else response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

const secretsIn = (store: SecretStore) =>
  createSecrets(
    { installation: 'Data', store },
    {
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      pause: async () => undefined,
    },
  );

describe.each(['secrets-manager', 'parameter-store'] as const)('%s', (store) => {
  describeSecrets(async () => secretsIn(store));

  test('what AWS says of a refused value does not repeat it', async () => {
    refusals = [{ __type: 'ValidationException', message: 'Value the-canary at "SecretString" is no good' }];
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
  expect([...values.keys()]).toEqual(['gofer/Data/default/build/pass/value', '/gofer/Data/default/build/pass/value']);
  expect(asked.at(-1)?.input).toMatchObject({ Type: 'SecureString', Overwrite: true });
});

test('registry credentials are with Secrets Manager, where alone ECS reads them', async () => {
  await secretsIn('parameter-store').put('default/build/_registry/compile/value', '{}');
  expect([...values.keys()]).toEqual(['gofer/Data/default/build/_registry/compile/value']);
});

test('a secret that is still on its way out is written once it has gone', async () => {
  const away = { __type: 'InvalidRequestException', message: 'it was marked for deletion' };
  refusals = [away, away, away];
  await secretsIn('secrets-manager').put('default/build/pass/value', 'one');
  expect(values.get('gofer/Data/default/build/pass/value')).toBe('one');
});

test('a deleted secret is gone at once: nobody pays for it a week longer', async () => {
  const secrets = secretsIn('secrets-manager');
  await secrets.put('default/build/pass/value', 'one');
  await secrets.remove('default/build/pass/value');
  expect(asked.at(-1)?.input).toMatchObject({ ForceDeleteWithoutRecovery: true });
});
