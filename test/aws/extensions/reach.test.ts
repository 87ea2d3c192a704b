import { describe, expect, test } from 'vitest';
import { createExtensionReachHandler } from '../../../lambdas/events/extension-reach.ts';
import { exchangeBy } from '../../../lib/aws/extensions/reach.ts';
import { invokeLater } from '../../../lib/aws/invoke.ts';
import type { ExtensionRequest } from '../../../lib/extension/exchange.ts';
import { ExtensionClient, ExtensionUnavailableError } from '../../../lib/extension/protocol.ts';
import { type Answer, startLambda } from './lambda-service.ts';

const canary = 'canary-3f1c';
const request: ExtensionRequest = {
  method: 'POST',
  url: 'http://10.64.0.7:8082/api/subscribe',
  headers: { authorization: `Bearer ${canary}` },
  body: `{"token":"${canary}"}`,
};
const throttled: Answer = {
  status: 429,
  body: { Reason: 'ConcurrentInvocationLimitExceeded', message: 'Rate Exceeded.' },
};

describe('a request to an extension', () => {
  test('is handed to the function in its network, whose answer is the extension’s', async () => {
    const { asked, options } = await startLambda({ body: { status: 204, text: '' } });
    expect(await exchangeBy('Gofer-extension-reach', options)(request)).toEqual({ status: 204, text: '' });
    expect(asked).toMatchObject([
      {
        line: 'POST /2015-03-31/functions/Gofer-extension-reach/invocations',
        headers: {
          'x-amz-invocation-type': 'RequestResponse',
          'x-amz-security-token': 'session',
          authorization: expect.stringContaining('/eu-central-1/lambda/aws4_request'),
        },
        payload: request,
      },
    ]);
  });

  test('that nobody answered says why', async () => {
    const { options } = await startLambda({ body: { failed: 'connect ECONNREFUSED 10.64.0.7:8082' } });
    expect(await exchangeBy('reach', options)(request)).toEqual({ failed: 'connect ECONNREFUSED 10.64.0.7:8082' });
  });

  test('waits while Lambda is throttled', async () => {
    const { asked, options } = await startLambda(throttled, throttled, { body: { status: 204, text: '' } });
    expect(await exchangeBy('reach', options)(request)).toEqual({ status: 204, text: '' });
    expect(asked).toHaveLength(3);
  });

  test.each<[string, Answer | undefined, string]>([
    ['is throttled for long', throttled, 'function reach is not invoked: 429 Rate Exceeded.'],
    [
      'is not there',
      { status: 404, body: { Message: 'Function not found' } },
      'is not invoked: 404 Function not found',
    ],
    ['may not be invoked', { status: 403, body: { Message: 'not authorized' } }, 'is not invoked: 403 not authorized'],
    ['fails', { functionError: 'Unhandled', body: { errorMessage: 'no' } }, 'function reach failed: no'],
    [
      'runs out of its time',
      { functionError: 'Unhandled', body: { errorMessage: 'Task timed out after 15.00 seconds' } },
      'function reach failed: Task timed out after 15.00 seconds',
    ],
    ['fails without a word', { functionError: 'Unhandled' }, 'function reach failed: '],
    ['can’t be reached', undefined, 'failed: '],
  ])('whose function %s is a request that nobody answered, and nothing of it is told', async (_, answer, failed) => {
    const { options } = await startLambda(answer);
    const told = await exchangeBy('reach', options)(request);
    expect(told).toEqual({ failed: expect.stringContaining(failed) });
    expect(JSON.stringify(told)).not.toContain(canary);
  });

  test('that failed is a 503 of the extension', async () => {
    const { options } = await startLambda({ functionError: 'Unhandled', body: { errorMessage: 'no' } });
    const exchange = exchangeBy('reach', options);
    const client = new ExtensionClient({ id: 'hooks', url: 'http://10.64.0.7:8082', secret: canary, exchange });
    const refused = client.info();
    await expect(refused).rejects.toThrow(ExtensionUnavailableError);
    await expect(refused).rejects.toMatchObject({
      status: 503,
      message: 'extension "hooks" does not answer GET /api/info: function reach failed: no',
    });
  });
});

describe('a call that nobody waits for', () => {
  test('is taken by Lambda, which carries it out', async () => {
    const { asked, options } = await startLambda({ status: 202 });
    await invokeLater('Gofer-extensions', {}, options);
    expect(asked).toMatchObject([
      {
        line: 'POST /2015-03-31/functions/Gofer-extensions/invocations',
        headers: { 'x-amz-invocation-type': 'Event' },
        payload: {},
      },
    ]);
  });

  test('that Lambda does not take is an error', async () => {
    const { options } = await startLambda(throttled);
    await expect(invokeLater('Gofer-extensions', {}, options)).rejects.toThrow('is not invoked: 429');
  });
});

describe('the function in the network of extensions', () => {
  const handler = createExtensionReachHandler(async (sent) => ({ status: 200, text: JSON.stringify(sent) }));

  test('sends what it is asked to', async () => {
    expect(await handler(request)).toEqual({ status: 200, text: JSON.stringify(request) });
    const { body: _, ...bare } = request;
    expect(await handler(bare)).toEqual({ status: 200, text: JSON.stringify(bare) });
  });

  test.each([
    'https://10.64.0.7:8082/api/health',
    'http://10.64.0.7/api/health',
    'http://10.64.0.7:9001/api/health',
    'http://10.64.0.7:8082/',
    'http://10.64.0.7:8082/2018-06-01/runtime/invocation/next',
    'http://10.64.0.7:8082/api/../secrets',
    'http://10.64.0.7:8082/api/health?a=b',
    'http://10.64.0.7:8082/api/health#a',
    'http://10.64.0.7:8082@example.com:8082/api/health',
    'http://someone:pass@10.64.0.7:8082/api/health',
    'http://example.com:8082/api/health',
    'http://localhost:8082/api/health',
    'http://999.0.0.1:8082/api/health',
    'http://10.64.7:8082/api/health',
    'http://0x0a400007:8082/api/health',
    'http://[::1]:8082/api/health',
    'file:///etc/passwd',
    '',
  ])('refuses %j', async (url) => {
    await expect(handler({ ...request, url })).rejects.toThrow('allowed: http://<IPv4 address>:8082/api/<operation>');
  });

  test.each([
    { method: 'PUT' },
    { headers: { authorization: 7 } },
    { body: { token: canary } },
    { redirect: 'follow' },
  ])('refuses %j', async (wrong) => {
    await expect(handler({ ...request, ...wrong })).rejects.toThrow();
  });

  test('tells nothing of a request that it refuses', async () => {
    const refusal = await handler({ ...request, url: `http://${canary}/api`, method: canary }).catch(String);
    expect(refusal).toContain('url');
    expect(refusal).not.toContain(canary);
  });
});
