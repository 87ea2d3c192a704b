/** What functions have in place of the client of Systems Manager, behind the code that uses either. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBootstrapCode } from '../../lib/aws/bootstrap-code.ts';
import { SSMClient } from '../../lib/aws/lambda-ssm.ts';

vi.mock('@aws-sdk/client-ssm', () => import('../../lib/aws/lambda-ssm.ts'));

type Asked = { readonly headers: IncomingMessage['headers']; readonly body: unknown };
let server: Server;
let asked: Asked[];
/** Answers in turn. */
let answers: [status: number, body: string][];

beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    asked.push({ headers: request.headers, body: JSON.parse(await text(request)) });
    const [status, body] = answers.shift() ?? [500, 'asked too often'];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'the secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'the session');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => {
  server.close();
  vi.unstubAllEnvs();
});

const code = () => createBootstrapCode('/gofer/Gofer/bootstrap-code');
const refusal = (type: string, message = 'no'): [number, string] => [400, JSON.stringify({ __type: type, message })];

test('the code is read decrypted, signed with the function’s own role', async () => {
  answers = [[200, '{"Parameter":{"Name":"/gofer/Gofer/bootstrap-code","Type":"SecureString","Value":"once"}}']];
  expect(await code().read()).toBe('once');
  expect(asked).toMatchObject([
    {
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonSSM.GetParameter',
        'x-amz-security-token': 'the session',
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/ssm\/aws4_request/,
        ),
      },
      body: { Name: '/gofer/Gofer/bootstrap-code', WithDecryption: true },
    },
  ]);
});

test('a code that is not there is none, under its name with and without the service', async () => {
  answers = [refusal('ParameterNotFound'), refusal('com.amazonaws.ssm#ParameterNotFound')];
  expect(await code().read()).toBeUndefined();
  expect(await code().read()).toBeUndefined();
});

test('one that is there already stays, and one that is gone is removed', async () => {
  answers = [refusal('ParameterAlreadyExists'), refusal('ParameterNotFound')];
  await code().create();
  await code().remove();
  expect(asked.map(({ headers }) => headers['x-amz-target'])).toEqual([
    'AmazonSSM.PutParameter',
    'AmazonSSM.DeleteParameter',
  ]);
  expect(asked[0]?.body).toMatchObject({ Type: 'SecureString', Overwrite: false });
});

test('a refusal has AWS’s name and words, and comes at once', async () => {
  answers = [refusal('AccessDeniedException', 'not authorized to perform: ssm:GetParameter')];
  await expect(code().read()).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'not authorized to perform: ssm:GetParameter',
  });
  expect(asked).toHaveLength(1);
});

test('what passes is asked for again: throttling, and a service that is not well', async () => {
  answers = [refusal('ThrottlingException', 'Rate exceeded'), [503, '<html>'], [200, '{"Parameter":{"Value":"once"}}']];
  const client = new SSMClient({ pause: async () => undefined });
  const answer = await client.send({ operation: 'GetParameter', input: { Name: '/a' } });
  expect(answer).toEqual({ Parameter: { Value: 'once' } });
});

test('a page in place of an answer is told by its status', async () => {
  answers = [[403, '<html>a proxy</html>']];
  await expect(code().read()).rejects.toThrow('GetParameter failed with 403');
});
