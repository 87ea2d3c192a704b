/** Data folders of servers under test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const scratchFolder = () => mkdtemp(join(tmpdir(), 'gofer-e2e-'));

/** What a server has just left may still be closing its files. */
export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 5 });

/** One that goes with the test; whatever uses it is to be ended by a hook of a later `onTestFinished`, which runs before. */
export async function testFolder(): Promise<string> {
  const folder = await scratchFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}
