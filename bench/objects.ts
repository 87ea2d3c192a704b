/** What a large object costs the server: it passes through, in and out, and the memory should not know how large it is. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Row } from './measure.ts';
import { deploy, type Server, withServer } from './server.ts';

const gigabyte = 1024 ** 3;
const piece = Buffer.alloc(256 * 1024, 'gofer');
const target = 64;

export async function objects(): Promise<Row[]> {
  return withServer(async (server) => {
    const path = await deploy(server, 'keeper', [{ id: 'only', command: ['true'] }]);
    const url = `${server.url}/api${path}/objects/large`;
    const idle = await server.memory();
    const incoming = await peak(server, () => send(url, gigabyte));
    const outgoing = await peak(server, () => receive(url));
    const row = (way: string, { memory, seconds, bytes }: Peak): Row => ({
      what: `memory above idle while an object of 1 GB ${way} (${Math.round(bytes / 1e6 / seconds)} MB/s)`,
      measured: `${Math.round(memory - idle)} MB`,
      target: `≤ ${target} MB`,
      reached: memory - idle <= target && bytes === gigabyte,
    });
    return [row('comes', incoming), row('goes', outgoing)];
  });
}

type Peak = { readonly memory: number; readonly seconds: number; readonly bytes: number };

async function peak(server: Server, work: () => Promise<number>): Promise<Peak> {
  let memory = 0;
  const look = async () => {
    memory = Math.max(memory, await server.memory());
  };
  const timer = setInterval(look, 50);
  const begun = performance.now();
  const bytes = await work();
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(timer);
  await look();
  return { memory, seconds, bytes };
}

const agent = new Agent({ keepAlive: true });

/** How many bytes the server says that it has. */
async function send(url: string, size: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { 'content-length': size };
  const request = httpRequest(url, { agent, method: 'POST', headers }, resolve).on('error', reject);
  for (let sent = 0; sent < size; sent += piece.length)
    if (!request.write(piece)) await new Promise((drained) => request.once('drain', drained));
  request.end();
  let answer = '';
  for await (const chunk of await promise) answer += String(chunk);
  return (JSON.parse(answer) as { object?: { size: number } }).object?.size ?? 0;
}

async function receive(url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  httpRequest(url, { agent }, resolve).on('error', reject).end();
  let bytes = 0;
  for await (const chunk of (await promise) as AsyncIterable<Buffer>) bytes += chunk.length;
  return bytes;
}
