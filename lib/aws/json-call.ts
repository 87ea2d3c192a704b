/** Calls of services that speak AWS's JSON protocol, signed and sent as they are: their clients would weigh more than their use. */
import * as z from 'zod';
import { askSigned, type SignedOptions } from './signed.ts';

const services = {
  ssm: 'AmazonSSM',
  secretsmanager: 'secretsmanager',
} as const;

export type JsonService = keyof typeof services;

/** `__type` may have a namespace before it: `com.amazonaws.ssm#ParameterNotFound`. */
const refused = z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() });

/** The answer, unchecked. What the service refuses is thrown under its own name, as its client would. */
export async function callService(
  service: JsonService,
  operation: string,
  input: object,
  options: SignedOptions,
): Promise<unknown> {
  const { ok, status, text } = await askSigned(
    {
      service,
      method: 'POST',
      url: new URL(options.endpoint ?? addressOf(service, options.region)),
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${services[service]}.${operation}` },
      body: JSON.stringify(input),
    },
    options,
  );
  if (ok) return JSON.parse(text || '{}');
  const { __type = `${service}Error`, message, Message } = refusal(text);
  const name = __type.slice(__type.indexOf('#') + 1);
  throw Object.assign(new Error(message ?? Message ?? `${operation} failed with ${status}`), { name });
}

const addressOf = (service: JsonService, region: string) =>
  `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Proxies on the way answer with pages. */
function refusal(text: string): Partial<z.output<typeof refused>> {
  try {
    return refused.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
