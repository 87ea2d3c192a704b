/** Calls of services that speak AWS's JSON protocol, signed and sent as they are: their clients would weigh more than their use. */
import { addressOf, askSigned, type SignedOptions } from './signed.ts';

const services = {
  events: 'AWSEvents',
  ssm: 'AmazonSSM',
  secretsmanager: 'secretsmanager',
} as const;

export type JsonService = keyof typeof services;

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
      url: new URL(addressOf(service, options)),
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${services[service]}.${operation}` },
      body: JSON.stringify(input),
    },
    options,
  );
  if (ok) return JSON.parse(text || '{}');
  const { type = `${service}Error`, message = `${operation} failed with ${status}` } = refusal(text);
  throw Object.assign(new Error(message), { name: type });
}

/** Proxies on the way answer with pages. A type may have a namespace before it: `com.amazonaws.ssm#ParameterNotFound`. */
function refusal(text: string): { readonly type?: string; readonly message?: string } {
  const said = (name: string) => (JSON.parse(text) as Readonly<Record<string, unknown>>)[name];
  try {
    const [type, message] = [said('__type'), said('message') ?? said('Message')];
    return {
      ...(typeof type === 'string' && { type: type.slice(type.indexOf('#') + 1) }),
      ...(typeof message === 'string' && { message }),
    };
  } catch {
    return {};
  }
}
