/** A data folder's identity: containers carry it, so that two servers on one machine never take each other's. */
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function identityOf(data: string): Promise<string> {
  const path = join(data, 'identity');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known) return known;
  await mkdir(data, { recursive: true });
  // Linked into place: it is there whole or not at all, and the first one stays.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, randomUUID());
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return readFile(path, 'utf8');
}

/** The same group of the same data folder always has the same id: 32 hexadecimal digits, as in the ARN of an ECS task. */
export const jobId = (identity: string, group: string) =>
  createHash('sha256').update(`${identity}\n${group}`).digest('hex').slice(0, 32);
