/** Functions of this installation that others of it call. */
import { addressOf, askSigned, type SignedOptions } from './signed.ts';

/** What the function returns; thrown: what it throws, or why it can't be reached. */
export async function invoke(name: string, payload: unknown, options: SignedOptions): Promise<unknown> {
  const { text, headers } = await call(name, 'RequestResponse', payload, options);
  if (headers.has('x-amz-function-error')) throw new Error(`function ${name} failed: ${messageIn(text)}`);
  return JSON.parse(text || 'null');
}

/** Returns when Lambda has taken the call; it repeats what fails by itself. */
export async function invokeLater(name: string, payload: unknown, options: SignedOptions): Promise<void> {
  await call(name, 'Event', payload, options);
}

async function call(name: string, type: 'RequestResponse' | 'Event', payload: unknown, options: SignedOptions) {
  const url = new URL(`${addressOf('lambda', options)}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`);
  const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': type };
  const answer = await askSigned(
    { service: 'lambda', method: 'POST', url, headers, body: JSON.stringify(payload) },
    options,
  );
  if (!answer.ok) throw new Error(`function ${name} is not invoked: ${answer.status} ${messageIn(answer.text)}`);
  return answer;
}

/** What was sent is not in it: there are bearers in there. */
function messageIn(text: string): string {
  try {
    const { errorMessage, message, Message } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return String(errorMessage ?? message ?? Message ?? '');
  } catch {
    return '';
  }
}
