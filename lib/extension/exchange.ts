/** One request to an extension and what came of it: as data, since on AWS another function sends it. */
export type ExtensionRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** `failed`: nobody answered, and why. */
export type ExtensionAnswer = { readonly status: number; readonly text: string } | { readonly failed: string };

export type Exchange = (request: ExtensionRequest) => Promise<ExtensionAnswer>;

/** Milliseconds in which an extension has to answer. */
export const patience = 10_000;

/** Bytes of an answer that are read; documentation is the longest of them. */
const mostAnswer = 1024 * 1024;

/** Sends the request from here. */
export const exchange: Exchange = async ({ method, url, headers, body }) => {
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      // The bearer goes to the extension and nowhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    });
    return { status: response.status, text: await textOf(response) };
  } catch (error) {
    return { failed: why(error) };
  }
};

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > mostAnswer) throw new Error(`its answer is longer than ${mostAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** `fetch` hides why it failed in its cause. */
function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${patience / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
