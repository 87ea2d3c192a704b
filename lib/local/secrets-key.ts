/** The key of one machine's secrets: from the environment, or a file beside them that only its owner may read. */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoferError } from '../errors.ts';

/** Where `gofer dev` finds the key, in place of the file. */
export const keyVariable = 'GOFER_SECRETS_KEY';

const keyBytes = 32;

/** `make`: nothing is encrypted yet, so a key that is missing is made. */
export async function keyOf(
  data: string,
  given: string | undefined,
  { make }: { readonly make: boolean },
): Promise<Buffer> {
  if (given !== undefined) return parse(given, keyVariable);
  const path = join(data, 'secrets.key');
  const found = read(path);
  if (found) return found;
  if (!make) throw unusable(`${path} is missing, and the secrets beside it open with nothing else`);
  create(path);
  return read(path) ?? keyOf(data, given, { make });
}

function read(path: string): Buffer | undefined {
  try {
    const mode = statSync(path).mode & 0o777;
    // Windows knows no such modes.
    if (mode & 0o077 && process.platform !== 'win32')
      throw unusable(
        `${path} may be read by others (mode ${mode.toString(8)}); allowed: 600, so run: chmod 600 ${path}`,
      );
    return parse(readFileSync(path, 'utf8').trim(), path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** By link: the key is there whole or not at all, and of several only the first one. */
function create(path: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function parse(text: string, where: string): Buffer {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  if (key.length === keyBytes) return key;
  throw unusable(
    `${where} holds a key of ${key.length} bytes; allowed: ${keyBytes} bytes in base64 or hexadecimal, as "openssl rand -base64 ${keyBytes}" makes them`,
  );
}

const unusable = (message: string) => new GoferError(500, 'secrets_unreadable', message);
