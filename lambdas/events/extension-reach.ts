/** Sends a request to an extension: the one function in the network of extensions, which reaches nothing else. */
import * as z from 'zod';
import { type ExtensionAnswer, exchange } from '../../lib/extension/exchange.ts';
import { extensionPort } from '../../lib/extension/place.ts';

/** Where containers of extensions are asked, and nothing that a name or another port would lead to. */
const address = z.regexes.ipv4.source.slice(1, -1);
const place = new RegExp(`^http://${address}:${extensionPort}/api/[a-z-]+$`);
const allowed = `allowed: http://<IPv4 address>:${extensionPort}/api/<operation>`;

const request = z.strictObject({
  method: z.enum(['GET', 'POST', 'DELETE']),
  url: z.string().regex(place, { error: allowed }),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});

/** What it refuses it tells without the request: there are bearers in there. */
export const createExtensionReachHandler =
  (send = exchange) =>
  async (event: unknown): Promise<ExtensionAnswer> => {
    const { body, ...rest } = request.parse(event);
    return send({ ...rest, ...(body !== undefined && { body }) });
  };
