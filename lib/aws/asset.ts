/**
 * Files that the CDK has uploaded beside the stack's template. A signed GET is all that is asked of S3: its client would be
 * a third of the function.
 */
import { setTimeout } from 'node:timers/promises';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';

export type AssetOptions = {
  readonly region: string;
  /** The function's own, as Lambda gives them. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** In place of the address's own scheme and host. */
  readonly endpoint?: string;
  /** Waits; milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
};

const tries = 5;

/** The text at `https://s3.<region>.<suffix>/<bucket>/<key>`. */
export async function readAsset(address: string, options: AssetOptions): Promise<string> {
  const { endpoint = new URL(address).origin, pause = setTimeout } = options;
  const url = new URL(new URL(address).pathname, endpoint);
  for (let attempt = 1; ; attempt++) {
    const answer = await signedGet(url, options).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.ok) return answer.text();
    const why = answer instanceof Error ? answer.message : `${answer.status} ${(await answer.text()).slice(0, 500)}`;
    const passing = answer instanceof Error || answer.status >= 500 || answer.status === 429;
    if (!passing || attempt === tries) throw new Error(`${url.href} can't be read: ${why}`);
    await pause(2 ** attempt * 100 * (0.5 + Math.random()));
  }
}

async function signedGet(url: URL, { region, credentials }: AssetOptions): Promise<Response> {
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Hash.bind(null, 'sha256'),
    // S3 signs paths as they are.
    uriEscapePath: false,
  });
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: { host: url.host },
  });
  return fetch(url, { headers });
}

/** What Lambda tells every function in its environment. */
export function assetOptions(variables: Readonly<Record<string, string | undefined>>): AssetOptions {
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
