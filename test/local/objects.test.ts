import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFileObjects } from '../../lib/local/objects.ts';
import { bytesOf, describeObjects, textOf } from '../ports/objects.contract.ts';

const folders: string[] = [];
async function folder(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'gofer-objects-'));
  folders.push(data);
  return data;
}
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))));

describeObjects(async () => createFileObjects(await folder()));

test('a file of bytes that broke off is gone', async () => {
  const data = await folder();
  const broken = createFileObjects(data).put(
    'owner/half',
    (async function* () {
      yield Buffer.alloc(300_000);
      throw new Error('gone');
    })(),
  );
  await expect(broken).rejects.toThrow('gone');
  expect(await readdir(join(data, 'objects', 'owner'))).toEqual([]);
});

test('a name is used once: what is stored stays as it is', async () => {
  const objects = createFileObjects(await folder());
  await objects.put('owner/one', bytesOf('first'));
  await expect(objects.put('owner/one', bytesOf('second'))).rejects.toThrow('EEXIST');
  expect(await textOf(await objects.get('owner/one'))).toBe('first');
});
