import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createS3Objects } from '../../lib/aws/objects.ts';
import { signedOptions } from '../../lib/aws/signed.ts';
import { bytesOf, describeObjects } from '../ports/objects.contract.ts';

const bucket = 'https://s3.eu-central-1.amazonaws.com/objects-1';

let server: Server;
let stored: Map<string, Buffer>;
/** Method, path and signature of each request. */
let asked: { readonly line: string; readonly signed: string | null }[];

/** S3, as far as a path, its content and whoever signed go. */
beforeEach(async () => {
  stored = new Map();
  asked = [];
  server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://s3');
    const signed = request.headers.authorization ?? url.searchParams.get('X-Amz-Signature');
    asked.push({ line: `${request.method} ${url.pathname}`, signed });
    const body = await buffer(request);
    const content = stored.get(url.pathname);
    if (!signed) response.writeHead(403).end('<Code>AccessDenied</Code>');
    else if (
      url.searchParams
        .get('X-Amz-SignedHeaders')
        ?.split(';')
        .some((name) => !request.headers[name])
    )
      response.writeHead(403).end('<Code>SignatureDoesNotMatch</Code>');
    else if (content && request.headers['if-none-match'] === '*')
      response.writeHead(412).end('<Code>PreconditionFailed</Code>');
    else if (request.method === 'PUT') response.end(stored.set(url.pathname, body) && '');
    else if (request.method === 'DELETE') response.writeHead(204).end(stored.delete(url.pathname) && '');
    else if (content) response.setHeader('content-length', content.length).end(content);
    else response.writeHead(404).end('<Code>NoSuchKey</Code>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

const options = (endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`) => ({
  ...signedOptions({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'the secret',
    AWS_SESSION_TOKEN: 'the session',
    ...(endpoint && { AWS_ENDPOINT_URL: endpoint }),
  }),
  pause: async () => undefined,
});

describeObjects(async () => createS3Objects(bucket, options()));

test('contents lie under objects/ in the bucket, and every request is signed', async () => {
  const objects = createS3Objects(bucket, options());
  await objects.put('owner/one', bytesOf('x'));
  await objects.get('owner/one');
  await objects.remove('owner/one');
  const line = '/objects-1/objects/owner/one';
  expect(asked.map((each) => each.line)).toEqual([`PUT ${line}`, `GET ${line}`, `DELETE ${line}`]);
  for (const { signed } of asked) expect(signed).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/);
});

test('an address is good for 15 minutes, one method, one content and its length', async () => {
  const { addresses } = createS3Objects(bucket, options(''));
  const { url, headers } = await addresses.upload('owner/one', 5_000_000_000);
  const upload = new URL(url);
  expect(headers).toEqual({ 'if-none-match': '*' });
  expect(`${upload.origin}${upload.pathname}`).toBe(`${bucket}/objects/owner/one`);
  expect(Object.fromEntries(upload.searchParams)).toMatchObject({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
    'X-Amz-Expires': '900',
    'X-Amz-Security-Token': 'the session',
    'X-Amz-SignedHeaders': 'content-length;host;if-none-match',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const download = new URL(await addresses.download('owner/one'));
  expect(download.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
  expect(download.searchParams.get('X-Amz-Signature')).not.toBe(upload.searchParams.get('X-Amz-Signature'));
});

test('what S3 refuses is told with its words', async () => {
  server.removeAllListeners('request');
  server.on('request', (_, response) => response.writeHead(403).end('<Code>AccessDenied</Code>'));
  const objects = createS3Objects(bucket, options());
  await expect(objects.get('owner/one')).rejects.toThrow(/GET .*owner\/one failed: 403 <Code>AccessDenied/);
  await expect(objects.put('owner/one', bytesOf('x'))).rejects.toThrow('403');
  await expect(objects.remove('owner/one')).rejects.toThrow('403');
});
