/** Sends a request to an extension: the one function in the network of extensions, which reaches nothing else. */
import * as z from 'zod';
import { type ExtensionAnswer, exchange } from '../../lib/extension/exchange.ts';

const request = z.object({
  method: z.enum(['GET', 'POST', 'DELETE']),
  url: z.url({ protocol: /^http$/ }),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});

export const createExtensionReachHandler =
  (send = exchange) =>
  async (event: unknown): Promise<ExtensionAnswer> => {
    const { body, ...rest } = request.parse(event);
    return send({ ...rest, ...(body !== undefined && { body }) });
  };
