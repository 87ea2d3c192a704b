/**
 * Keeps web pages out of a server that asks nobody for a token: any site that its owner visits could send requests to
 * 127.0.0.1, or have its own name point there.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { GoferError } from '../../errors.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal'];

/** True for addresses that only this machine reaches. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Throws unless the request names this machine, and comes from no other site's page. */
export function guardLoopback({ host, origin }: IncomingHttpHeaders): void {
  if (!host || !namesThisMachine(host)) {
    throw new GoferError(
      421,
      'foreign_host',
      `header host: "${host ?? ''}" is not this machine; use localhost, or listen on another address with --host and --auth`,
    );
  }
  if (origin && !(URL.canParse(origin) && namesThisMachine(new URL(origin).host))) {
    throw new GoferError(
      403,
      'foreign_origin',
      `header origin: "${origin}" is another site; its pages may not use this API`,
    );
  }
}

const namesThisMachine = (host: string): boolean => {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  return loopbackNames.includes(name) || isLoopback(name);
};
