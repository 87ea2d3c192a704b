/** Streams as WebSockets: one text message after the other, as fast as the client takes them. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { DialogStream, MessageStream } from '../../api/stream/answer.ts';
import { GoferError, InvalidError } from '../../errors.ts';

/** Close codes of RFC 6455. */
const normal = 1000;
const goingAway = 1001;
const policyViolation = 1008;
const internalError = 1011;

/** A close reason may have 123 bytes. */
const mostReason = 120;

/** Clients listen, or type: whatever they say is small. */
const mostPayload = 64 * 1024;

export class WebSockets {
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: mostPayload });

  /** Sends the stream and closes; the stream is left when the client goes or `closing` aborts. */
  async send(upgrade: Upgrade, stream: MessageStream, closing: AbortSignal): Promise<void> {
    const socket = await this.#accept(upgrade);
    const gone = new AbortController();
    socket.on('close', () => gone.abort());
    socket.on('error', () => gone.abort());
    try {
      for await (const messages of stream.messages(AbortSignal.any([gone.signal, closing]))) {
        if (messages.length) await sendAll(socket, upgrade.socket, messages);
        if (gone.signal.aborted) return;
      }
      if (closing.aborted) socket.close(goingAway, 'the server stops');
      else socket.close(normal);
    } catch (error) {
      socket.close(internalError, error instanceof GoferError ? closeReason(error.message) : undefined);
      throw error;
    }
  }

  /** Carries both ways until one side ends, each as fast as the other takes it. */
  async talk(upgrade: Upgrade, { dialog }: DialogStream, closing: AbortSignal): Promise<void> {
    const socket = await this.#accept(upgrade);
    const gone = new AbortController();
    // Its other end may leave at any time.
    const wire = createWebSocketStream(socket).on('error', () => gone.abort());
    socket.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing]);
    try {
      for await (const bytes of dialog(wire, signal)) {
        if (gone.signal.aborted) return;
        if (!wire.write(bytes)) await once(wire, 'drain', { signal }).catch(() => undefined);
      }
      if (closing.aborted) socket.close(goingAway, 'the server stops');
      else socket.close(normal);
    } catch (error) {
      socket.close(internalError, error instanceof GoferError ? closeReason(error.message) : undefined);
      throw error;
    }
  }

  /** Accepts, only to say why there is nothing to send: clients of Gofer look for it in the close frame. */
  refuse({ request, socket, head }: Upgrade, reason: string): void {
    this.#server.handleUpgrade(request, socket, head, (accepted) => {
      accepted.on('error', () => undefined);
      accepted.close(policyViolation, closeReason(reason));
    });
  }

  /** Ends connections that have not ended by themselves. */
  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #accept({ request, socket, head }: Upgrade): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const failed = () => reject(new InvalidError('the WebSocket handshake failed'));
      // A client that left before there was an answer closes no more.
      if (socket.destroyed) return failed();
      socket.once('close', failed);
      this.#server.handleUpgrade(request, socket, head, resolve);
    });
  }
}

/** Cut to what fits, between two characters. */
function closeReason(text: string): string {
  let reason = text.slice(0, mostReason);
  while (Buffer.byteLength(reason) > mostReason) reason = reason.slice(0, -1);
  return reason;
}

export type Upgrade = { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer };

/**
 * Sends a batch in one write, and waits until it has left: a client that stalls stops the stream, and no more than a
 * batch waits for it.
 */
async function sendAll(socket: WebSocket, connection: Duplex, messages: readonly string[]): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  connection.cork();
  for (const message of messages.slice(0, -1)) socket.send(message);
  // An error is also a close, which ends the stream.
  socket.send(messages.at(-1) ?? '', () => resolve());
  connection.uncork();
  await promise;
}
