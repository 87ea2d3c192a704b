/** Contents of objects in files: `<data>/objects/<owner>/<id>`. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentName, type Objects } from '../ports/objects.ts';

/** Large enough for the disk's speed, small enough to be nothing in memory. */
const chunk = 64 * 1024;

export function createFileObjects(data: string): Objects {
  const pathOf = (name: string) => {
    if (!contentName.test(name)) throw new Error(`content "${name}" is not named <owner>/<id>`);
    return join(data, 'objects', name);
  };
  return {
    async put(name, bytes) {
      const path = pathOf(name);
      await mkdir(dirname(path), { recursive: true });
      // The table may name it as soon as this returns: by then it is on the disk.
      const file = createWriteStream(path, { flags: 'wx', flush: true, highWaterMark: chunk });
      try {
        await pipeline(bytes, file);
      } catch (error) {
        if (!isCode(error, 'EEXIST')) await rm(path, { force: true });
        throw error;
      }
      return file.bytesWritten;
    },
    async get(name) {
      const path = pathOf(name);
      const size = await sizeOf(path);
      return size === undefined
        ? undefined
        : { size, bytes: (signal) => createReadStream(path, { highWaterMark: chunk, ...(signal && { signal }) }) };
    },
    sizeOf: async (name) => sizeOf(pathOf(name)),
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
