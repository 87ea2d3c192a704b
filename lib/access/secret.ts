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

/** The text without the tokens in it, whose ever they are: as they are, and in base64. Their checksum tells them. */
export const withoutSecrets = (text: string): string =>
  [plain, ...inBase64].reduce(
    (left, { pattern, decode }) => left.replace(pattern, (found) => (looksLikeSecret(decode(found)) ? '***' : found)),
    text,
  );

const plain = { pattern: /gofer_[\w-]{43}[0-9a-f]{8}/g, decode: (found: string) => found };
const secretLength = prefix.length + 43 + 8;
const sextets = (bytes: number): number => (bytes * 8) / 6;

/** A group of base64 is three bytes: a token within something longer begins one, or has its first bytes in the group before. */
const inBase64 = [0, 1, 2].map((before) => {
  const begin = Buffer.from(prefix.slice(before))
    .toString('base64')
    .slice(0, Math.floor(sextets(prefix.length - before)));
  const rest = Math.ceil(sextets(secretLength - before)) - begin.length;
  const decode = (found: string) => prefix.slice(0, before) + Buffer.from(found, 'base64').toString('latin1');
  return { pattern: new RegExp(`${begin}[\\w+/-]{${rest}}`, 'g'), decode };
});

/** What is stored of a secret. It has 256 random bits, so a plain hash is enough. */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

const checksum = (text: string) => crc32(text).toString(16).padStart(8, '0');
