/**
 * The few requests that the product makes of S3, signed and by address. Its client would be a third of a function that
 * needs no more than this.
 */
import { askSigned, type SignedOptions } from './signed.ts';

/** Asks until S3 is well, and gives the answer's text. Addresses are `https://s3.<region>.<suffix>/<bucket>/<key>`. */
export async function askS3(method: 'GET' | 'DELETE', address: string, options: SignedOptions): Promise<string> {
  const { origin, pathname, search } = new URL(address);
  const url = new URL(`${pathname}${search}`, options.endpoint ?? origin);
  const { ok, status, text } = await askSigned({ service: 's3', method, url }, options);
  if (ok) return text;
  throw new Error(`${method} ${url.href} failed: ${status} ${text.slice(0, 500)}`);
}
