/** Answers as they go over a connection: as responses, as refusals of an upgrade, as errors. */
import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { type Duplex, finished } from 'node:stream';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Stream } from '../../api/stream/answer.ts';
import { GoferError } from '../../errors.ts';

/** An answer of API Gateway's proxy, or a stream in place of its body. */
export type HttpAnswer = APIGatewayProxyResult & { readonly stream?: Stream };

export const headersOf = ({ headers }: HttpAnswer): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));

export function writeAnswer(response: ServerResponse, answer: HttpAnswer): void {
  // A text goes out together with the headers, bytes after them.
  const body = answer.isBase64Encoded ? Buffer.from(answer.body, 'base64') : answer.body;
  const bodyless = answer.statusCode === 204 || response.req.method === 'HEAD';
  const length = bodyless ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(answer.statusCode, { ...headersOf(answer), ...length });
  response.end(body);
}

/** Milliseconds in which a client that was refused may go on sending. */
const patience = 60_000;

/**
 * Where part of an answer is out already, a broken connection is all that can be said. Else what is left of the request is
 * dropped as it comes, and the connection closed behind it: closed before, it would be reset, and the answer lost.
 */
export function writeError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const { req: request } = response;
  const answer = errorAnswer(error);
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.statusCode, { ...headersOf(answer), 'content-length': length, connection: 'close' });
  response.write(answer.body);
  const late = setTimeout(() => request.destroy(), patience);
  finished(request, () => {
    clearTimeout(late);
    response.end();
  });
  request.resume();
}

/** The handler answers its own errors; these are the server's. */
export function errorAnswer(error: unknown): HttpAnswer {
  const known =
    error instanceof GoferError ? error : new GoferError(500, 'internal', 'something went wrong on the server');
  const request_id = randomUUID();
  const body = JSON.stringify({ request_id, message: known.message, error_code: known.code });
  return {
    statusCode: known.status,
    headers: { 'content-type': 'application/json', 'x-request-id': request_id },
    body,
  };
}

/** What an error's body says to people. */
export const messageOf = ({ body }: HttpAnswer): string => (JSON.parse(body) as { message: string }).message;

/** Answers an upgrade as a plain request. A success becomes 426: there is something at this address, but no WebSocket. */
export function refuseUpgrade(socket: Duplex, answer: HttpAnswer): void {
  const success = answer.statusCode < 400;
  const status = success ? 426 : answer.statusCode;
  const body = success ? '' : answer.body;
  const headers = { ...headersOf(answer), connection: 'close', 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n'));
}
