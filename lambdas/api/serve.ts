/** Operations behind one middy stack, whatever edge their requests come through. */
import middy from '@middy/core';
import httpRouter, { type Method } from '@middy/http-router';
import type { Context } from 'aws-lambda';
import type { Authenticate } from '../../lib/access/caller.ts';
import type { Operation } from '../../lib/api/operation.ts';
import { NotFoundError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import {
  type ApiEvent,
  type ApiResult,
  apiVersion,
  errors,
  head,
  MethodError,
  normalise,
  type Report,
  requestId,
} from '../middleware.ts';
import { handleOperation } from './route.ts';

export type ApiOptions = {
  /** Absent: nobody has to identify. */
  readonly authenticate?: Authenticate;
  /** Default: standard error. */
  readonly report?: Report;
};

export type Api = (event: ApiEvent, context?: Context) => Promise<ApiResult>;

export function serve(
  home: Home,
  served: readonly Operation[],
  { authenticate, report = logError }: ApiOptions = {},
): Api {
  const routes = served.map((each) => ({
    method: each.method as Method,
    path: each.path,
    handler: handleOperation(home, each, authenticate),
  }));
  const options = optionRoutes(served);
  const router = httpRouter<ApiEvent, ApiResult>({
    routes: [...routes, ...options],
    notFoundResponse: noRoute(served),
  });
  const stack = middy<ApiEvent, ApiResult>()
    .use(errors(report))
    .use(requestId())
    .use(normalise())
    .use(head())
    .use(apiVersion())
    .handler(router);
  return (event, context = {} as Context) => stack(event, context);
}

const logError: Report = (error, id) => console.error(`request ${id} failed:`, error);

type Endpoint = { readonly method: string; readonly path: string };

/** Methods by path, as `Allow` lists them. */
function methodsOf(endpoints: readonly Endpoint[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { method, path } of endpoints) {
    const more = method === 'GET' ? ['GET', 'HEAD'] : [method];
    methods.set(path, [...(methods.get(path) ?? ['OPTIONS']), ...more]);
  }
  return methods;
}

const optionRoutes = (endpoints: readonly Endpoint[]) =>
  [...methodsOf(endpoints)].map(([path, allow]) => ({
    method: 'OPTIONS' as const,
    path,
    handler: async (): Promise<ApiResult> => ({ statusCode: 204, headers: { allow: allow.join(', ') }, body: '' }),
  }));

function noRoute(endpoints: readonly Endpoint[]) {
  return ({ method, path }: Endpoint): never => {
    const allow = [...methodsOf(endpoints)].find(([each]) => patternOf(each).test(path))?.[1];
    if (allow) throw new MethodError(method, path, allow);
    throw new NotFoundError('route', `${method} ${path}`, '; GET /api/openapi.json lists all there are');
  };
}

const patternOf = (path: string) => new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`);
