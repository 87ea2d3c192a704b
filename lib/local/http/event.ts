/** A request of node:http as the event that API Gateway's proxy makes of it. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';

export function proxyEvent(request: IncomingMessage, body: Buffer | undefined): APIGatewayProxyEvent {
  const [path = '/', search] = splitOnce(request.url ?? '/', '?');
  const method = request.method ?? 'GET';
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const requestContext = {
    requestId: randomUUID(),
    httpMethod: method,
    path,
    identity: { sourceIp: request.socket.remoteAddress ?? '' },
  };
  return {
    httpMethod: method,
    path,
    headers,
    multiValueHeaders: {},
    queryStringParameters: search === undefined ? null : Object.fromEntries(new URLSearchParams(search)),
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    resource: '/{proxy+}',
    // The product reads no more of it than this.
    requestContext: requestContext as APIGatewayProxyEvent['requestContext'],
    body: body?.length ? body.toString() : null,
    isBase64Encoded: false,
  };
}

function splitOnce(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
