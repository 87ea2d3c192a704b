/** Lambda's `Invoke`, behind a port of this machine: what is asked, and the answers that a test gives. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { SignedOptions } from '../../../lib/aws/signed.ts';

export type Invocation = {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly payload: unknown;
};

/** `functionError`: the function itself has failed, which Lambda answers with 200. */
export type Answer = { readonly status?: number; readonly functionError?: string; readonly body?: unknown };

/** The last answer is given again and again. `undefined`: the connection is cut. */
export async function startLambda(...answers: (Answer | undefined)[]) {
  const asked: Invocation[] = [];
  const server = createServer(async (request, response) => {
    const payload = JSON.parse(await text(request));
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, payload });
    if (!answer) return void request.socket.destroy();
    const { status = 200, functionError, body } = answer;
    response.writeHead(status, functionError ? { 'x-amz-function-error': functionError } : {});
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const options: SignedOptions = {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none', sessionToken: 'session' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pause: async () => undefined,
  };
  return { asked, options };
}
