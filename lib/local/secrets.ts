/**
 * Secrets on one machine: `<data>/secrets.json`, each value encrypted with AES-256-GCM under the key of `secrets-key.ts`. A
 * value is bound to its name, so one that somebody has moved to another name opens no more than one that was changed.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GoferError } from '../errors.ts';
import type { Secrets } from '../ports/secrets.ts';
import { replaceFile } from './replace-file.ts';
import { keyOf } from './secrets-key.ts';

/** Values by name: base64 of nonce, tag and ciphertext. */
type File = { readonly v: 1; readonly values: Readonly<Record<string, string>> };

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** `given` is the key in base64 or hexadecimal; absent: it lies in a file of the data folder, which is made with the first secret. */
export function createLocalSecrets(data: string, given?: string): Secrets {
  const path = join(data, 'secrets.json');
  let writing: Promise<unknown> = Promise.resolve();

  async function read(): Promise<File['values']> {
    try {
      return (JSON.parse(await readFile(path, 'utf8')) as File).values;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      throw unreadable(`${path} can't be read`, error);
    }
  }

  /** One after another: each change is made to what the one before has left. */
  function change(by: (values: File['values']) => Promise<File['values']>): Promise<void> {
    const changing = writing.then(async () => {
      const before = await read();
      const values = await by(before);
      if (values !== before) await replaceFile(path, JSON.stringify({ v: 1, values } satisfies File));
    });
    writing = changing.catch(() => {});
    return changing;
  }

  async function find(name: string): Promise<string | undefined> {
    await writing;
    const value = valueIn(await read(), name);
    return value === undefined ? undefined : decrypt(await keyOf(data, given, { make: false }), name, value);
  }

  return {
    // As on AWS, so that a secret can move there.
    limit: { store: 'the secret store', bytes: 65_536 },
    async put(name, value) {
      await change(async (values) => {
        const key = await keyOf(data, given, { make: Object.keys(values).length === 0 });
        const before = valueIn(values, name);
        const former = formerOf(name);
        return {
          ...values,
          [name]: encrypt(key, name, value),
          ...(before !== undefined && { [former]: encrypt(key, former, decrypt(key, name, before)) }),
        };
      });
    },
    get: find,
    former: (name) => find(formerOf(name)),
    async remove(name) {
      await change(async (values) => {
        if (!Object.hasOwn(values, name)) return values;
        const { [name]: _, [formerOf(name)]: __, ...others } = values;
        return others;
      });
    },
  };
}

/** No name holds a blank. */
const formerOf = (name: string) => `${name} former`;

const valueIn = (values: File['values'], name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

function encrypt(key: Buffer, name: string, value: string): string {
  const nonce = randomBytes(nonceBytes);
  const encryption = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(name));
  const text = Buffer.concat([encryption.update(value, 'utf8'), encryption.final()]);
  return Buffer.concat([nonce, encryption.getAuthTag(), text]).toString('base64');
}

function decrypt(key: Buffer, name: string, value: string): string {
  const bytes = Buffer.from(value, 'base64');
  const text = nonceBytes + tagBytes;
  try {
    const decryption = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(name))
      .setAuthTag(bytes.subarray(nonceBytes, text));
    return Buffer.concat([decryption.update(bytes.subarray(text)), decryption.final()]).toString();
  } catch (cause) {
    throw unreadable(`secret ${name} does not open with this key; give the key that it was stored with`, cause);
  }
}

const unreadable = (message: string, cause: unknown) => new GoferError(500, 'secrets_unreadable', message, { cause });
