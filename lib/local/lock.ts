/** A data folder belongs to one server at a time: `server.json` in it names the process. */
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictError, InvalidError } from '../errors.ts';
import { identify, isAlive } from './containers/process-identity.ts';

/** Takes the folder, which it makes when it is new. Throws one clear line when another server has it, or it can't be written. */
export function lockFolder(data: string): { release(): void } {
  const path = join(data, 'server.json');
  let owner: Owner | undefined;
  try {
    mkdirSync(data, { recursive: true });
    owner = take(path, JSON.stringify(identify(process.pid)));
  } catch (error) {
    throw unwritable(data, error);
  }
  if (owner) {
    throw new ConflictError(
      `data folder ${data} is in use by another server (process ${owner.pid}); stop it, or choose another folder with --data`,
    );
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** The server that has the folder now, if one has. */
export const ownerOf = (data: string): Owner | undefined => livingOwner(join(data, 'server.json'));

export type Owner = { readonly pid: number; readonly start: string };

/**
 * Writes `me` to `path`, unless a process that lives is named there: that one is returned. What a killed process has left
 * is replaced under a lock of its own, taken in the same way, so that of several who find it only one does.
 */
function take(path: string, me: string): Owner | undefined {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, me);
  try {
    if (created(path, draft)) return undefined;
    const owner = livingOwner(path);
    if (owner) return owner;
    const replacing = `${path}.replacing`;
    const other = take(replacing, me);
    if (other) return other;
    try {
      const meanwhile = livingOwner(path);
      if (!meanwhile) renameSync(draft, path);
      return meanwhile;
    } finally {
      rmSync(replacing, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** By link: the file is there whole or not at all, and only the first one is. */
function created(path: string, draft: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** `undefined` also for what can't be read: nobody writes it in place. */
function livingOwner(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner;
    return isAlive(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

const unwritable = (data: string, cause: unknown) =>
  new InvalidError(
    `data folder ${data} can't be written (${cause instanceof Error ? cause.message : String(cause)}); choose another with --data`,
    { cause },
  );
