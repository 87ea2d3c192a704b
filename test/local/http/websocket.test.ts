import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { WebSockets } from '../../../lib/local/http/websocket.ts';

test.each(['send', 'talk'] as const)('%s is over when the client left before there was an answer', async (way) => {
  const socket = new Socket();
  socket.destroy();
  await once(socket, 'close');
  const upgrade = { request: new IncomingMessage(socket), socket, head: Buffer.alloc(0) };
  const signal = new AbortController().signal;
  const sockets = new WebSockets();
  const never = async function* () {};
  const answered = {
    send: () => sockets.send(upgrade, { messages: never }, signal),
    talk: () => sockets.talk(upgrade, { dialog: never }, signal),
  };
  await expect(answered[way]()).rejects.toThrow('the WebSocket handshake failed');
});
