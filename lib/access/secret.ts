/** What a token's secret looks like: recognisable by scanners, and checkable without asking anybody. */
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Lets secret scanners find tokens that leaked. */
const prefix = 'gofer_';

/** A new secret: prefix, 256 random bits, and their checksum in hexadecimal. Its randomness is the system's, never a seeded one. */
export function newSecret(): string {
  const body = randomBytes(32).toString('base64url');
  return `${prefix}${body}${checksum(body)}`;
}

/** False for what can't be a token: mistyped, cut off, or of another product. */
export function looksLikeSecret(text: string): boolean {
  const [, body = '', sum] = /^gofer_([\w-]{43})([0-9a-f]{8})$/.exec(text) ?? [];
  return sum !== undefined && sum === checksum(body);
}

/** The text without the tokens in it, whose ever they are. */
export const withoutSecrets = (text: string): string =>
  text.replace(/gofer_[\w-]{43}[0-9a-f]{8}/g, (found) => (looksLikeSecret(found) ? '***' : found));

/** What is stored of a secret. It has 256 random bits, so a plain hash is enough. */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

const checksum = (text: string) => crc32(text).toString(16).padStart(8, '0');
