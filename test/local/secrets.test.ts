/** Secrets on one machine: what lies on the disk, and what it takes to read it. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalSecrets } from '../../lib/local/secrets.ts';
import { describeSecrets } from '../ports/secrets.contract.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'gofer-secrets-'));
});
afterEach(() => rmSync(data, { recursive: true }));

describeSecrets(async () => createLocalSecrets(data));

const file = () => join(data, 'secrets.json');
const name = 'default/build/pass/value';

test('nothing lies in the folder before the first secret', async () => {
  expect(await createLocalSecrets(data).get(name)).toBeUndefined();
  expect(readdirSync(data)).toEqual([]);
});

test('values are encrypted, and files are for their owner alone', async () => {
  await createLocalSecrets(data).put(name, 'the canary');
  expect(readdirSync(data).sort()).toEqual(['secrets.json', 'secrets.key']);
  for (const each of readdirSync(data)) {
    expect(statSync(join(data, each)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(data, each), 'latin1')).not.toMatch(/canary|dGhlIGNhbmFyeQ/);
  }
});

test('the next server reads what the one before wrote', async () => {
  await createLocalSecrets(data).put(name, 'one');
  expect(await createLocalSecrets(data).get(name)).toBe('one');
});

test('a key of the environment takes the place of the file', async () => {
  const key = Buffer.alloc(32, 7);
  await createLocalSecrets(data, key.toString('base64')).put(name, 'one');
  expect(readdirSync(data)).toEqual(['secrets.json']);
  expect(await createLocalSecrets(data, key.toString('hex')).get(name)).toBe('one');
});

describe('what does not open is told, without what it holds', () => {
  const reading = () => createLocalSecrets(data).get(name);

  test('another key', async () => {
    await createLocalSecrets(data, Buffer.alloc(32, 7).toString('base64')).put(name, 'one');
    await expect(createLocalSecrets(data, Buffer.alloc(32, 8).toString('base64')).get(name)).rejects.toThrow(
      'does not open with this key',
    );
  });

  test('a key that is gone is not made anew', async () => {
    await createLocalSecrets(data).put(name, 'one');
    rmSync(join(data, 'secrets.key'));
    await expect(reading()).rejects.toThrow('secrets.key is missing');
    await expect(createLocalSecrets(data).put('other/value', 'two')).rejects.toThrow('secrets.key is missing');
  });

  test('a key that others may read', async () => {
    await createLocalSecrets(data).put(name, 'one');
    chmodSync(join(data, 'secrets.key'), 0o644);
    await expect(reading()).rejects.toThrow(/mode 644.*chmod 600/);
  });

  test('a key of another length', async () => {
    await expect(createLocalSecrets(data, 'c2hvcnQ=').put(name, 'one')).rejects.toThrow(
      'GOFER_SECRETS_KEY holds a key of 5 bytes; allowed: 32 bytes',
    );
  });

  test('a value that was moved to another name', async () => {
    await createLocalSecrets(data).put(name, 'one');
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('default/build', 'default/other'));
    await expect(createLocalSecrets(data).get('default/other/pass/value')).rejects.toThrow('does not open');
  });

  test('a value that was changed', async () => {
    await createLocalSecrets(data).put(name, 'one');
    const { values } = JSON.parse(readFileSync(file(), 'utf8'));
    const bytes = Buffer.from(values[name], 'base64');
    bytes[30] = (bytes[30] ?? 0) ^ 1;
    writeFileSync(file(), JSON.stringify({ v: 1, values: { [name]: bytes.toString('base64') } }));
    await expect(reading()).rejects.toThrow('does not open');
  });
});
