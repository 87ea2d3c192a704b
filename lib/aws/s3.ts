/**
 * The few requests that the product makes of S3, signed and by address. Its client would be a third of a function that
 * needs no more than this.
 */
import { askSigned, type SignedAnswer, type SignedOptions, type SignedRequest } from './signed.ts';

/** Asks until S3 is well, and gives the answer's text. Addresses are `https://s3.<region>.<suffix>/<bucket>/<key>`. */
export async function askS3(method: 'GET' | 'DELETE', address: string, options: SignedOptions): Promise<string> {
  const answer = await tryS3(method, address, options);
  if (answer.ok) return answer.text;
  throw failure(method, address, answer);
}

/** The same, with what S3 refuses as an answer too. */
export const tryS3 = (
  method: SignedRequest['method'],
  address: string,
  options: SignedOptions,
  body?: Uint8Array<ArrayBuffer>,
): Promise<SignedAnswer> =>
  askSigned({ service: 's3', method, url: urlOf(address, options), ...(body && { body }) }, options);

/** Tests and emulators have S3 elsewhere. */
export function urlOf(address: string, { endpoint }: SignedOptions): URL {
  const { origin, pathname, search } = new URL(address);
  return new URL(`${pathname}${search}`, endpoint ?? origin);
}

export const failure = (method: string, address: string, { status, text }: SignedAnswer): Error =>
  new Error(`${method} ${address} failed: ${status} ${text.slice(0, 500)}`);
