/** What can go wrong between the client and the API. */
import { GoferError } from '../errors.ts';

/** The API answered with an error: its status, its word for programs and its own sentence. */
export class ApiError extends GoferError {
  override readonly name = 'ApiError';
  readonly requestId: string | undefined;
  /** A gateway or a throttle turned the request away: another try may be answered. */
  readonly passing: boolean;
  constructor(status: number, code: string, message: string, requestId?: string, passing = false) {
    super(status, code, message);
    this.requestId = requestId;
    this.passing = passing;
  }
}

/** Nothing answered, or the connection broke and trying again did not help. */
export class UnreachableError extends GoferError {
  override readonly name = 'UnreachableError';
  readonly url: string;
  constructor(url: string, cause: unknown) {
    super(503, 'unreachable', `no answer from ${url}: ${reasonOf(cause)}`, { cause });
    this.url = url;
  }
}

/** Something answered that is not a Gofer API. */
export class NotGoferError extends GoferError {
  override readonly name = 'NotGoferError';
  constructor(url: string, got: string) {
    super(502, 'not_gofer', `${url} answered ${got}; a Gofer API answers JSON, so check the base URL`);
  }
}

/** The place that the API gave for a large content did not take it. */
export class RefusedContentError extends GoferError {
  override readonly name = 'RefusedContentError';
  constructor(host: string, status: number, answer: string) {
    const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(answer) ?? [];
    super(502, 'refused_content', `${host} did not take the content: ${status} ${code}`.trimEnd());
  }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'the host name could not be resolved',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  ETIMEDOUT: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (insecure_skip_tls_verify accepts it)',
};

/** `fetch` hides the reason in `cause`, for a host with several addresses one level deeper. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code && words[code]) return words[code];
  return inner === undefined ? error.message : reasonOf(inner);
}
