/** On AWS an extension is installed or enabled before its container runs: the command waits for that. */
import type { Extension } from '../client/types.ts';
import { GoferError } from '../errors.ts';
import type { Session } from './session.ts';

/** Milliseconds: Fargate takes about one minute to start a container, more with a large image. */
const patience = 180_000;
const between = 1_000;

/** Resolves when it runs. Throws the reason when it has ended, or when it still starts after three minutes. */
export async function untilRunning({ client, io }: Session, id: string): Promise<Extension> {
  for (const last = io.now() + patience; ; await io.wait(between)) {
    const { extension } = await client.extensions.get(id);
    const { state, reason = 'no reason is known' } = extension;
    if (state === 'running') return extension;
    if (state === 'exited') throw failed(`extension "${id}" does not run: ${reason}`, id);
    if (io.now() >= last)
      throw failed(`extension "${id}" does not run after ${patience / 60_000} minutes: ${reason}`, id);
  }
}

const failed = (what: string, id: string) =>
  new GoferError(
    422,
    'extension_failed',
    `${what}; it is tried again: look further with "gofer extension get ${id}" and "gofer extension logs ${id}"`,
  );
