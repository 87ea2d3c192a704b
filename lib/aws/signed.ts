/** Requests to AWS that are signed and sent as they are, by functions that need too few of them for a client. */
import { setTimeout } from 'node:timers/promises';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';

export type SignedOptions = {
  readonly region: string;
  /** The function's own, as Lambda gives them. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** In place of each address's own scheme and host. */
  readonly endpoint?: string;
  /** Waits; milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
};

export type SignedRequest = {
  readonly service: 'events' | 'lambda' | 's3' | 'scheduler' | 'secretsmanager' | 'ssm';
  readonly method: 'GET' | 'HEAD' | 'DELETE' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
};

export type SignedAnswer = {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The same as text. */
  readonly text: string;
};

const tries = 5;

/** Where a service is asked that has one address a region. */
export const addressOf = (service: SignedRequest['service'], { region, endpoint }: SignedOptions): string =>
  endpoint ?? `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Asks until the service is well. What it refuses is an answer too. */
export async function askSigned(request: SignedRequest, options: SignedOptions): Promise<SignedAnswer> {
  const { method, url } = request;
  const { pause = setTimeout } = options;
  for (let attempt = 1; ; attempt++) {
    const answer = await send(request, options).catch((error: Error) => error);
    const last = attempt === tries;
    if (answer instanceof Error) {
      if (last) throw new Error(`${method} ${url.href} failed: ${answer.message}`, { cause: answer });
    } else if (last || !isPassing(answer)) return answer;
    await pause(2 ** attempt * 100 * (0.5 + Math.random()));
  }
}

/** Services that speak JSON throttle with a 400. */
const isPassing = ({ ok, status, text }: SignedAnswer): boolean =>
  !ok && (status >= 500 || status === 429 || /"__type":"[^"]*Throttling/.test(text));

async function send(
  { service, method, url, headers, body }: SignedRequest,
  options: SignedOptions,
): Promise<SignedAnswer> {
  const signed = await signerOf(service, options).sign({
    ...partsOf(method, url),
    headers: { ...headers, host: url.host },
    ...(body !== undefined && { body }),
  });
  const answer = await fetch(url, { method, headers: signed.headers, ...(body !== undefined && { body }) });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const { ok, status, headers: answered } = answer;
  return { ok, status, headers: answered, bytes, text: bytes.toString() };
}

const signerOf = (service: SignedRequest['service'], { region, credentials }: SignedOptions) =>
  new SignatureV4({
    service,
    region,
    credentials,
    sha256: Hash.bind(null, 'sha256'),
    // S3 signs paths as they are.
    uriEscapePath: service !== 's3',
  });

const partsOf = (method: SignedRequest['method'], url: URL) => ({
  method,
  protocol: url.protocol,
  hostname: url.hostname,
  path: url.pathname,
  query: Object.fromEntries(url.searchParams),
});

/** The address with a signature in it: whoever has it may make this one request with these headers, for `seconds`. */
export async function signAddress(
  { service, method, url, headers }: Omit<SignedRequest, 'body'>,
  seconds: number,
  options: SignedOptions,
): Promise<string> {
  const signed = await signerOf(service, options).presign(
    {
      ...partsOf(method, url),
      // What is going to be sent isn't known yet.
      headers: { ...headers, host: url.host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
    },
    { expiresIn: seconds },
  );
  const query = new URLSearchParams(signed.query as Record<string, string>);
  // A blank is %20 to the signature.
  return `${url.origin}${url.pathname}?${String(query).replaceAll('+', '%20')}`;
}

/** What Lambda tells every function in its environment. */
export function signedOptions(variables: Readonly<Record<string, string | undefined>>): SignedOptions {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ENDPOINT_URL } = variables;
  return {
    region: AWS_REGION ?? '',
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    },
    ...(AWS_ENDPOINT_URL && { endpoint: AWS_ENDPOINT_URL }),
  };
}
