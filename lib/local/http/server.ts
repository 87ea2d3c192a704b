/** The HTTP server of one machine: requests become API Gateway's events, and the same handler answers them. */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { mostBodyBytes } from '../../api/body-limit.ts';
import type { ByteStream, MessageStream } from '../../api/stream/answer.ts';
import { GoferError } from '../../errors.ts';
import { readBody } from './body.ts';
import { proxyEvent } from './event.ts';
import { guardLoopback, isLoopback } from './guard.ts';
import { WebSockets } from './websocket.ts';

/** An answer of API Gateway's proxy, or a stream in place of its body. */
export type HttpAnswer = APIGatewayProxyResult & { readonly stream?: ByteStream | MessageStream };

export type HttpOptions = {
  readonly handler: (event: APIGatewayProxyEvent) => Promise<HttpAnswer>;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
};

export type HttpServer = {
  /** Throws one clear line when the address is taken or not ours. */
  listen(): Promise<void>;
  /** Takes no more requests, ends the streams, and returns when the last answer has left. */
  close(): Promise<void>;
  /** `http://127.0.0.1:8080`; good once it listens. */
  readonly url: string;
};

export function createHttpServer({ handler, host, port }: HttpOptions): HttpServer {
  const closing = new AbortController();
  const sockets = new WebSockets();
  const streams = new Set<Promise<unknown>>();
  const guarded = isLoopback(host);
  // A stream may stay silent or last for days.
  const server = createServer({ requestTimeout: 60_000, keepAliveTimeout: 60_000 });

  server.on('request', async (request, response) => {
    try {
      if (guarded) guardLoopback(request.headers);
      const body = await readBody(request, mostBodyBytes);
      await write(response, await handler(proxyEvent(request, body)), request);
    } catch (error) {
      fail(response, error);
    }
  });

  async function write(response: ServerResponse, answer: HttpAnswer, request: IncomingMessage): Promise<void> {
    if (!answer.stream) return end(response, answer);
    if (!('bytes' in answer.stream)) throw new TypeError(`${request.url}: a WebSocket stream for a plain request`);
    const { contentType, bytes } = answer.stream;
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.writeHead(answer.statusCode, {
      ...headersOf(answer),
      'content-type': contentType,
      'cache-control': 'no-store',
    });
    response.flushHeaders();
    const sending = pipeline(bytes(AbortSignal.any([gone.signal, closing.signal])), response);
    await during(sending);
  }

  server.on('upgrade', async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const upgrade = { request, socket, head };
    socket.on('error', () => socket.destroy());
    try {
      if (guarded) guardLoopback(request.headers);
      const answer = await handler(proxyEvent(request, undefined));
      if (answer.stream && 'messages' in answer.stream) {
        await during(sockets.send(upgrade, answer.stream, closing.signal));
      } else if (answer.statusCode === 410) await sockets.refuse(upgrade, messageOf(answer));
      else refuseUpgrade(socket, answer);
    } catch (error) {
      if (error instanceof GoferError) refuseUpgrade(socket, problem(error));
      else socket.destroy();
    }
  });

  async function during(stream: Promise<unknown>): Promise<void> {
    streams.add(stream);
    try {
      await stream;
    } finally {
      streams.delete(stream);
    }
  }

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
        server.listen(port, host, resolve);
      }),
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await Promise.race([Promise.allSettled(streams), patience()]);
      sockets.close();
      server.closeIdleConnections();
      await Promise.race([closed, patience()]);
      server.closeAllConnections();
      await closed;
    },
    get url() {
      const address = server.address() as AddressInfo | null;
      return `http://${host.includes(':') ? `[${host}]` : host}:${address?.port ?? port}`;
    },
  };
}

/** A client that doesn't read its stream can't hold up the end. */
const patience = () => new Promise<void>((resolve) => void setTimeout(resolve, 1_000).unref());

const headersOf = ({ headers }: HttpAnswer) =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));

function end(response: ServerResponse, answer: HttpAnswer): void {
  const body = answer.isBase64Encoded ? Buffer.from(answer.body, 'base64') : Buffer.from(answer.body);
  const length = answer.statusCode === 204 || response.req.method === 'HEAD' ? {} : { 'content-length': body.length };
  response.writeHead(answer.statusCode, { ...headersOf(answer), ...length });
  response.end(body);
}

function fail(response: ServerResponse, error: unknown): void {
  // Part of a stream is out, or nobody is there: a broken connection is all that can be said.
  if (response.headersSent || response.destroyed || !(error instanceof GoferError)) return void response.destroy();
  // What is left of the request is not read any more.
  response.setHeader('connection', 'close');
  end(response, problem(error));
}

function problem({ status, message, code }: GoferError): HttpAnswer {
  const request_id = randomUUID();
  const headers = { 'content-type': 'application/json', 'x-request-id': request_id };
  return { statusCode: status, headers, body: JSON.stringify({ request_id, message, error_code: code }) };
}

function refuseUpgrade(socket: Duplex, answer: HttpAnswer): void {
  // 426 in place of a success: there is something at this address, but no WebSocket.
  const status = answer.statusCode < 400 ? 426 : answer.statusCode;
  const body = answer.statusCode < 400 ? '' : answer.body;
  const headers = { ...headersOf(answer), connection: 'close', 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n'));
}

function messageOf({ body }: HttpAnswer): string {
  return (JSON.parse(body) as { message: string }).message;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): GoferError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use; choose another with --port, or stop what uses it`,
    EACCES: `port ${port} on ${host} is not allowed for this user; choose one over 1023 with --port`,
    EADDRNOTAVAIL: `address ${host} is not one of this machine's; use 127.0.0.1, or 0.0.0.0 for all of them`,
    ENOTFOUND: `host "${host}" is not known; use 127.0.0.1, or 0.0.0.0 for all addresses`,
  };
  const message = reasons[error.code ?? ''] ?? `cannot listen on ${host}:${port}: ${error.message}`;
  return new GoferError(503, 'cannot_listen', message, { cause: error });
}
