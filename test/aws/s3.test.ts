import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { objectsIn } from '../../lib/aws/bucket.ts';
import { askS3 } from '../../lib/aws/s3.ts';
import { signedOptions } from '../../lib/aws/signed.ts';

const address = 'https://s3.eu-central-1.amazonaws.com/cdk-assets-1/0a1b.json';

let server: Server;
let requests: IncomingMessage[];
/** Answers in turn; the last one stays. */
let answers: [status: number, body: string][];

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, ''];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

const options = () => ({
  ...signedOptions({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'the secret',
    AWS_SESSION_TOKEN: 'the session',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  }),
  pause: async () => undefined,
});
const read = () => askS3('GET', address, options());

describe('a file that the CDK has uploaded', () => {
  test('is read with the signature of the function’s own role', async () => {
    answers = [[200, '{"id":"nightly"}']];
    expect(await read()).toBe('{"id":"nightly"}');
    const [request] = requests;
    expect(request?.url).toBe('/cdk-assets-1/0a1b.json');
    expect(request?.headers).toMatchObject({
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request/,
      ),
      'x-amz-security-token': 'the session',
      'x-amz-content-sha256': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('is asked for again when S3 is not well', async () => {
    answers = [
      [503, 'SlowDown'],
      [500, ''],
      [200, 'well'],
    ];
    expect(await read()).toBe('well');
  });

  test('that may not be read is told with S3’s words, at once', async () => {
    answers = [[403, '<Code>AccessDenied</Code>']];
    await expect(read()).rejects.toThrow(/0a1b\.json failed: 403 <Code>AccessDenied<\/Code>/);
    expect(requests).toHaveLength(1);
  });

  test('that can’t be had after some tries fails with the reason', async () => {
    answers = [[503, 'SlowDown']];
    await expect(read()).rejects.toThrow('503 SlowDown');
  });
});

test('a bucket is emptied page by page: every version, every mark of a deletion, whatever the keys hold', async () => {
  const version = (key: string, id: string, kind = 'Version') =>
    `<${kind}><Key>${key}</Key>\n<VersionId>${id}</VersionId><IsLatest>true</IsLatest></${kind}>`;
  answers = [
    [
      200,
      `<ListVersionsResult>${version('a/b+c%26%28d', 'v1')}${version('a/b+c%26%28d', 'v2', 'DeleteMarker')}</ListVersionsResult>`,
    ],
    [204, ''],
    [204, ''],
    [200, '<ListVersionsResult></ListVersionsResult>'],
  ];
  const counts: number[] = [];
  for await (const { count, remove } of objectsIn('https://s3.eu-central-1.amazonaws.com/objects-1', options())) {
    counts.push(count);
    await remove();
  }
  expect(counts).toEqual([2]);
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /objects-1?encoding-type=url&versions=',
    'DELETE /objects-1/a/b%20c%26%28d?versionId=v1',
    'DELETE /objects-1/a/b%20c%26%28d?versionId=v2',
    'GET /objects-1?encoding-type=url&versions=',
  ]);
});
