/** A data folder belongs to one server at a time: `server.json` in it names the process. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictError, InvalidError } from '../errors.ts';
import { identify, isAlive } from './containers/process-identity.ts';

/** Takes the folder, which it makes when it is new. Throws one clear line when another server has it, or it can't be written. */
export function lockFolder(data: string): { release(): void } {
  const path = join(data, 'server.json');
  const me = JSON.stringify(identify(process.pid));
  try {
    mkdirSync(data, { recursive: true });
  } catch (error) {
    throw unwritable(data, error);
  }
  try {
    writeFileSync(path, me, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw unwritable(data, error);
    const owner = ownerOf(path);
    if (owner && isAlive(owner)) {
      throw new ConflictError(
        `data folder ${data} is in use by another server (process ${owner.pid}); stop it, or choose another folder with --data`,
      );
    }
    // Left by a server that was killed.
    writeFileSync(path, me);
  }
  return { release: () => rmSync(path, { force: true }) };
}

function ownerOf(path: string): { pid: number; start: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; start: string };
  } catch {
    return undefined;
  }
}

const unwritable = (data: string, cause: unknown) =>
  new InvalidError(
    `data folder ${data} can't be written (${cause instanceof Error ? cause.message : String(cause)}); choose another with --data`,
    { cause },
  );
