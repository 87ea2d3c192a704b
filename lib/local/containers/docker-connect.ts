/** Finds Docker as its own command line does: `DOCKER_HOST`, or the default socket. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { GoferError } from '../../errors.ts';

/** A socket that takes the connection and doesn't answer, in milliseconds. */
const patience = 5_000;

export type Connection = { readonly docker: Docker } | { readonly error: Error };

/** Loaded only here: the client costs a tenth of a second that nobody should wait for who doesn't need it. */
export async function connect(): Promise<Connection> {
  try {
    const { default: Client } = await import('dockerode');
    const docker = new Client();
    const late = sleep(patience, undefined, { ref: false }).then(() => {
      throw new Error(`no answer within ${patience / 1000} s`);
    });
    await Promise.race([docker.ping(), late]);
    return { docker };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Docker was asked for by name and isn't there. */
export class DockerMissingError extends GoferError {
  override readonly name = 'DockerMissingError';
  constructor(cause: Error) {
    super(503, 'failed_precondition', `Docker does not answer (${cause.message}); ${remedyOf(cause)}`, { cause });
  }
}

/** What to do, told from why Docker didn't answer. */
export function remedyOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  const host = process.env['DOCKER_HOST'];
  if (host) return `DOCKER_HOST is "${host}": check it, or unset it to use the default socket`;
  if (code === 'EACCES')
    return 'add your user to the group "docker" (`sudo usermod -aG docker $USER`) and log in again';
  if (code === 'ECONNREFUSED') return 'start it (`sudo systemctl start docker`, or `dockerd` as root)';
  return 'install it (Debian: `apt-get install docker.io`; macOS, Windows: Docker Desktop) and start it, or use --containers process';
}
