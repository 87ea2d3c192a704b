/** A terminal as a stream: what is typed goes in, what the program writes comes out, until either side hangs up. */
import type { Terminal } from '../../ports/attach.ts';
import { StreamAnswer } from './answer.ts';

export const terminalStream = (open: () => Promise<Terminal>): StreamAnswer =>
  new StreamAnswer({ dialog: (input, signal) => talk(open, input, signal) });

async function* talk(
  open: () => Promise<Terminal>,
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const terminal = await open();
  const hangUp = () => terminal.close();
  if (signal.aborted) hangUp();
  signal.addEventListener('abort', hangUp, { once: true });
  const typing = async () => {
    for await (const bytes of input) await terminal.write(bytes);
  };
  // The client has gone, or the program no longer reads: there is nobody to talk to.
  void typing().then(hangUp, hangUp);
  try {
    yield* terminal.output;
  } finally {
    signal.removeEventListener('abort', hangUp);
    hangUp();
  }
}
