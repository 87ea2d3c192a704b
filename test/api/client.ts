/** The API as tests use it: a home in memory behind the real stack. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { createApi } from '../../lambdas/api/api.ts';
import type { ApiOptions } from '../../lambdas/api/serve.ts';
import type { ApiResult } from '../../lambdas/middleware.ts';
import type { Home } from '../../lib/home.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { createMemoryHome } from '../memory-home.ts';

export type Sent = {
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
};
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Readonly<Record<string, unknown>>;
  readonly result: ApiResult;
};

export function proxyEvent(
  method: string,
  target: string,
  { body, raw, headers = {} }: Sent = {},
): APIGatewayProxyEvent {
  const url = new URL(target, 'http://localhost');
  return {
    httpMethod: method,
    path: url.pathname,
    headers: { ...headers },
    multiValueHeaders: {},
    queryStringParameters: Object.fromEntries(url.searchParams),
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    resource: '/{proxy+}',
    requestContext: { requestId: 'request-1' } as APIGatewayProxyEvent['requestContext'],
    body: raw ?? (body === undefined ? null : JSON.stringify(body)),
    isBase64Encoded: false,
  };
}

/** `send('GET /api/namespaces')`. */
export type Send = (line: string, sent?: Sent) => Promise<Answer>;

export async function startApi(home: Home = createMemoryHome(), options: ApiOptions = {}): Promise<Send> {
  await ensureDefaultNamespace(home);
  const api = createApi(home, options);
  return async (line, sent) => {
    const [method = '', target = ''] = line.split(' ');
    const result = await api(proxyEvent(method, target, sent));
    const json = result.body ? (JSON.parse(result.body) as Answer['json']) : {};
    return { status: result.statusCode, headers: result.headers ?? {}, json, result };
  };
}

export const configs = '/api/namespaces/default/pipelines/build/configs';
export const runs = '/api/namespaces/default/pipelines/build/runs';

/** A config as Gofer's own clients send it. */
export const buildConfig = {
  id: 'build',
  name: 'Build',
  parallelism: 0,
  tasks: [
    contractTask('compile', {}),
    contractTask('test', { compile: 'Success' }),
    contractTask('report', { test: 'Failure' }),
  ],
};

function contractTask(id: string, depends_on: Readonly<Record<string, string>>) {
  const defaults = { variables: {}, inject_api_token: false, always_pull_newest_image: false };
  return { id, image: 'busybox:latest', command: ['true'], depends_on, ...defaults };
}
