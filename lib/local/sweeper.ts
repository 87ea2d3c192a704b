/** The schedule of a sweep on one machine: one at a time, by default a second apart. */
const second = 1000;

export function startSweeping(
  sweep: () => Promise<unknown>,
  onError: (error: unknown) => void,
  every = second,
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
