/** The HTTP server of one machine: requests become API Gateway's events, and the same handler answers them. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { mostBodyBytes } from '../../api/body-limit.ts';
import type { ByteStream } from '../../api/stream/answer.ts';
import { GoferError } from '../../errors.ts';
import {
  errorAnswer,
  type HttpAnswer,
  headersOf,
  messageOf,
  refuseUpgrade,
  writeAnswer,
  writeError,
} from './answer.ts';
import { readBody } from './body.ts';
import { contentOf } from './content.ts';
import { proxyEvent } from './event.ts';
import { guardLoopback, isLoopback } from './guard.ts';
import { passing } from './passing.ts';
import { WebSockets } from './websocket.ts';

/** API Gateway's event, whose body may still be on its way. */
export type HttpEvent = APIGatewayProxyEvent & { readonly content?: AsyncIterable<Uint8Array> };

export type HttpOptions = {
  readonly handler: (event: HttpEvent) => Promise<HttpAnswer>;
  /** Requests whose body is not read before the handler does. Default: none. */
  readonly hasRawBody?: (method: string | undefined, path: string) => boolean;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Called with what no `GoferError` explains. Default: standard error. */
  readonly report?: (error: unknown) => void;
};

export type HttpServer = {
  /** Throws one clear line when the address is taken or not ours. */
  listen(): Promise<void>;
  /** Takes no more requests, breaks off the streams, and returns when the last answer has left. */
  close(): Promise<void>;
  /** `http://127.0.0.1:8080`; good once it listens. */
  readonly url: string;
};

/** Milliseconds for all of a body that is read at once. A raw one takes as long as it is long. */
const patienceForBody = 60_000;

const logError = (error: unknown) => console.error('a request failed:', error);

export function createHttpServer({
  handler,
  hasRawBody = () => false,
  host,
  port,
  report = logError,
}: HttpOptions): HttpServer {
  const closing = new AbortController();
  const sockets = new WebSockets();
  const streams = new Set<Promise<void>>();
  const guarded = isLoopback(host);
  const server = createServer({ requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 60_000 });

  server.on('request', async (request, response) => {
    try {
      if (guarded) guardLoopback(request.headers);
      const answer = await handler(await eventOf(request));
      if (answer.stream && 'bytes' in answer.stream) await during(send(response, answer, answer.stream));
      else writeAnswer(response, answer);
    } catch (error) {
      reportUnknown(error);
      writeError(response, error);
    }
  });

  async function eventOf(request: IncomingMessage): Promise<HttpEvent> {
    const [path = ''] = (request.url ?? '').split('?');
    if (hasRawBody(request.method, path)) return { ...proxyEvent(request, undefined), content: contentOf(request) };
    const late = setTimeout(() => request.destroy(), patienceForBody);
    try {
      return proxyEvent(request, await readBody(request, mostBodyBytes));
    } finally {
      clearTimeout(late);
    }
  }

  async function send(response: ServerResponse, answer: HttpAnswer, stream: ByteStream): Promise<void> {
    const { contentType, size, bytes } = stream;
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.writeHead(answer.statusCode, {
      ...headersOf(answer),
      'content-type': contentType,
      'cache-control': 'no-store',
      ...(size !== undefined && { 'content-length': size }),
    });
    response.flushHeaders();
    const signal = AbortSignal.any([gone.signal, closing.signal]);
    await pipeline(size === undefined ? bytes(signal) : passing(bytes(signal)), response);
  }

  server.on('upgrade', async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const upgrade = { request, socket, head };
    socket.on('error', () => socket.destroy());
    let answer: HttpAnswer;
    try {
      if (guarded) guardLoopback(request.headers);
      answer = await handler(proxyEvent(request, undefined));
    } catch (error) {
      reportUnknown(error);
      return refuseUpgrade(socket, errorAnswer(error));
    }
    const { stream } = answer;
    if (stream && 'messages' in stream)
      await during(sockets.send(upgrade, stream, closing.signal)).catch(reportUnknown);
    else if (stream && 'dialog' in stream)
      await during(sockets.talk(upgrade, stream, closing.signal)).catch(reportUnknown);
    else if (answer.statusCode === 410) sockets.refuse(upgrade, messageOf(answer));
    else refuseUpgrade(socket, answer);
  });

  async function during(stream: Promise<void>): Promise<void> {
    streams.add(stream);
    try {
      await stream;
    } finally {
      streams.delete(stream);
    }
  }

  /** A client that leaves in the middle is no defect. */
  function reportUnknown(error: unknown): void {
    const left = error instanceof Error && 'code' in error && leaving.includes(String(error.code));
    if (!left && !(error instanceof GoferError)) report(error);
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

const leaving = ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'];

/** A client that doesn't read its stream can't hold up the end. */
const patience = () => new Promise<void>((resolve) => void setTimeout(resolve, 1_000).unref());

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
