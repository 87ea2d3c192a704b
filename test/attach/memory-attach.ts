/** Attaching in memory: each program is an echo that ends when it is told `exit`, or with Ctrl-D. */
import type { Attach, Terminal } from '../../lib/ports/attach.ts';

export type MemoryAttach = Extract<Attach, { by: 'terminal' }> & {
  /** What was opened, and how many of these have been closed. */
  readonly opened: (readonly [arn: string, program: readonly string[]])[];
  readonly closed: () => number;
};

export function createMemoryAttach(): MemoryAttach {
  const opened: (readonly [string, readonly string[]])[] = [];
  let closed = 0;
  return {
    by: 'terminal',
    opened,
    closed: () => closed,
    open: async (arn, program) => {
      opened.push([arn, program]);
      return echo(() => closed++);
    },
  };
}

function echo(onClose: () => void): Terminal {
  const waiting: (Uint8Array | undefined)[] = [];
  let came = Promise.withResolvers<void>();
  let over = false;
  const push = (bytes: Uint8Array | undefined) => {
    waiting.push(bytes);
    came.resolve();
  };
  return {
    write: async (bytes) => {
      const text = Buffer.from(bytes).toString();
      if (text !== 'exit') push(bytes);
      if (text === 'exit' || text.endsWith('\x04')) push(undefined);
    },
    close: () => {
      if (!over) onClose();
      over = true;
      push(undefined);
    },
    output: (async function* () {
      for (;;) {
        await came.promise;
        came = Promise.withResolvers();
        while (waiting.length) {
          const bytes = waiting.shift();
          if (!bytes) return;
          yield bytes;
        }
      }
    })(),
  };
}
