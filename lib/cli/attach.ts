/** `gofer task attach`: this terminal becomes one of a program in the task's container. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { ReadStream } from 'node:tty';
import type { WebSocket } from 'ws';
import { ApiError, UnreachableError } from '../client/errors.ts';
import type { AttachSession, TaskRef } from '../client/types.ts';
import { GoferError } from '../errors.ts';
import { exit } from './exit.ts';
import type { Session } from './session.ts';

/** Ends what is typed, as Ctrl-D does. */
const endOfText = '\x04';

const normal = [1000, 1005];

/** Ends with the program. */
export async function attachTask(session: Session, ref: TaskRef, command: string): Promise<number> {
  const socket = await connect(session, session.client.tasks.attachAddress(ref, command));
  if (socket) return talk(session, socket);
  // On AWS, where the API carries no WebSockets, AWS's own plugin opens the terminal.
  const { session: opened } = await session.client.tasks.attachSession(ref, command);
  return runPlugin(opened);
}

/** `undefined`: there are no WebSockets, and a session to ask for. */
async function connect({ config }: Session, address: string): Promise<WebSocket | undefined> {
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(address.replace(/^http/, 'ws'), {
    headers: { 'gofer-api-version': 'v0', ...(config.token && { authorization: `Bearer ${config.token}` }) },
    rejectUnauthorized: !config.insecure_skip_tls_verify,
  });
  const opened = Promise.withResolvers<WebSocket | undefined>();
  socket.once('open', () => opened.resolve(socket));
  socket.once('error', (error) => opened.reject(new UnreachableError(config.api_base_url, error)));
  socket.once('unexpected-response', async (_, response: IncomingMessage) => {
    const refusal = await refusalIn(response);
    if (!refusal || refusal.code === 'no_websocket') opened.resolve(undefined);
    else opened.reject(refusal);
  });
  return opened.promise;
}

/** `undefined`: it wasn't the API that answered, but what stands before it. */
async function refusalIn(response: IncomingMessage): Promise<ApiError | undefined> {
  try {
    const body: unknown = JSON.parse(Buffer.concat(await response.toArray()).toString());
    if (typeof body !== 'object' || body === null || !('error_code' in body) || !('message' in body)) return undefined;
    const id = 'request_id' in body ? String(body.request_id) : undefined;
    return new ApiError(response.statusCode ?? 0, String(body.error_code), String(body.message), id, false);
  } catch {
    return undefined;
  }
}

async function talk({ io }: Session, socket: WebSocket): Promise<number> {
  const { stdin, stdout } = io;
  const type = (bytes: Uint8Array | string) => socket.send(bytes);
  const end = () => socket.send(endOfText);
  socket.on('message', (bytes: Buffer) => void stdout.write(bytes));
  const calm = rawMode(stdin);
  stdin.on('data', type).once('end', end);
  const release = io.onInterrupt(() => socket.close());
  try {
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    if (normal.includes(code)) return exit.ok;
    throw new GoferError(502, 'disconnected', String(reason) || `the connection was closed with code ${code}`);
  } finally {
    release();
    stdin.off('data', type).off('end', end).pause();
    calm();
  }
}

/** Every key goes to the container as it is typed: echo, editing and Ctrl-C are its terminal's. */
function rawMode(stdin: Readable): () => void {
  if (!(stdin instanceof ReadStream)) return () => undefined;
  stdin.setRawMode(true);
  return () => void stdin.setRawMode(false);
}

/** As `aws ecs execute-command` starts it. */
async function runPlugin({ session_id, stream_url, token, target, region }: AttachSession): Promise<number> {
  const answer = { SessionId: session_id, StreamUrl: stream_url, TokenValue: token };
  const endpoint = `https://ssm.${region}.amazonaws.com`;
  const arguments_ = [JSON.stringify(answer), region, 'StartSession', '', JSON.stringify({ Target: target }), endpoint];
  const plugin = spawn('session-manager-plugin', arguments_, { stdio: 'inherit' });
  // Ctrl-C belongs to the program in the container, not to us.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    const [code] = (await once(plugin, 'exit').catch((error: unknown) => {
      throw new PluginMissingError({ cause: error });
    })) as [number | null];
    return code ?? exit.failed;
  } finally {
    process.off('SIGINT', ignore);
  }
}

class PluginMissingError extends GoferError {
  override readonly name = 'PluginMissingError';
  constructor(options: ErrorOptions) {
    const where =
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html';
    super(
      503,
      'failed_precondition',
      `session-manager-plugin is not installed, which opens terminals on AWS: ${where}`,
      options,
    );
  }
}
