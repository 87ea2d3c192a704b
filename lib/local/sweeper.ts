/** The sweep's schedule on one machine: one at a time, a second apart. */
const every = 1000;

export function startSweeping(
  sweep: () => Promise<unknown>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let sweeping = Promise.resolve();
  const schedule = () => {
    timer = setTimeout(() => {
      sweeping = sweep()
        .then(() => undefined, onError)
        .then(() => {
          if (!stopped) schedule();
        });
    }, every);
  };
  schedule();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
}
