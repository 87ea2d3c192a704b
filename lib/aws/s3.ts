/**
 * The few requests that the product makes of S3, signed and by address. Its client would be a third of a function that
 * needs no more than this.
 */
import { setTimeout } from 'node:timers/promises';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';

export type S3Options = {
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

const tries = 5;

/** Asks until S3 is well, and gives the answer's text. Addresses are `https://s3.<region>.<suffix>/<bucket>/<key>`. */
export async function askS3(method: 'GET' | 'DELETE', address: string, options: S3Options): Promise<string> {
  const { origin, pathname, search } = new URL(address);
  const url = new URL(`${pathname}${search}`, options.endpoint ?? origin);
  const { pause = setTimeout } = options;
  for (let attempt = 1; ; attempt++) {
    const answer = await signed(method, url, options).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.ok) return answer.text();
    const why = answer instanceof Error ? answer.message : `${answer.status} ${(await answer.text()).slice(0, 500)}`;
    const passing = answer instanceof Error || answer.status >= 500 || answer.status === 429;
    if (!passing || attempt === tries) throw new Error(`${method} ${url.href} failed: ${why}`);
    await pause(2 ** attempt * 100 * (0.5 + Math.random()));
  }
}

async function signed(method: string, url: URL, { region, credentials }: S3Options): Promise<Response> {
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Hash.bind(null, 'sha256'),
    // S3 signs paths as they are.
    uriEscapePath: false,
  });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
  });
  return fetch(url, { method, headers });
}

/** What Lambda tells every function in its environment. */
export function s3Options(variables: Readonly<Record<string, string | undefined>>): S3Options {
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
