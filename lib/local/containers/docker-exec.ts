/** A program inside of a container that runs, as `docker exec -it` starts it. */
import { once } from 'node:events';
import type { Container, ExecCreateOptions } from 'dockerode';
import { ConflictError } from '../../errors.ts';
import type { Terminal } from '../../ports/attach.ts';
import { statusOf, wordsOf } from './docker-error.ts';

/** Ctrl-C, then the end of what is typed. Docker has no call to end a program that it started so; shells end by this. */
const farewell = Buffer.from('\x03\x04');

/** Milliseconds in which the farewell has to leave. */
const patience = 1_000;

/** `closed`: the server stops, and lets go of the program. */
export async function execTerminal(
  container: Container,
  program: readonly string[],
  closed: AbortSignal,
): Promise<Terminal> {
  const terminal = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: true };
  const wire = await start(container, { Cmd: [...program], ...terminal }).catch((error: unknown) => {
    if (statusOf(error) === undefined) throw error;
    throw new ConflictError(`Docker does not let anybody in: ${wordsOf(error)}`);
  });
  // A connection that breaks is an end like another.
  wire.on('error', () => wire.destroy());
  let hungUp = false;
  const hangUp = () => {
    if (hungUp) return;
    hungUp = true;
    closed.removeEventListener('abort', hangUp);
    if (!wire.writable) return void wire.destroy();
    wire.end(farewell, () => wire.destroy());
    // A program that reads nothing would keep what was typed waiting, and its terminal open.
    const late = setTimeout(() => wire.destroy(), patience).unref();
    wire.once('close', () => clearTimeout(late));
  };
  closed.addEventListener('abort', hangUp, { once: true });
  return {
    output: readUntilEnd(wire),
    write: async (bytes) => {
      if (hungUp || !wire.writable) return;
      if (!wire.write(bytes)) await Promise.race([once(wire, 'drain'), once(wire, 'close')]);
    },
    close: hangUp,
  };
}

async function start(container: Container, options: ExecCreateOptions) {
  const exec = await container.exec(options);
  return exec.start({ hijack: true, stdin: true, Tty: true });
}

async function* readUntilEnd(wire: NodeJS.ReadWriteStream): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of wire) yield Buffer.from(bytes);
  } catch (error) {
    if (!isCutOff(error)) throw error;
  }
}

/** One side hung up: that is how a terminal ends. */
const isCutOff = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET');
