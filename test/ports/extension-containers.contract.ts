/** What every home's containers of extensions promise. The extension of each implementation is given by its test. */
import { expect, test } from 'vitest';
import type { ExtensionContainers, ExtensionWork } from '../../lib/ports/extension-containers.ts';
import type { Logs } from '../../lib/ports/logs.ts';

export type ExtensionContainersWorld = {
  readonly containers: ExtensionContainers;
  readonly logs: Logs;
  /** Another server of the same data folder, before which this one was killed. */
  readonly next: () => ExtensionContainers;
};

export type ContractOptions = {
  readonly open: () => Promise<ExtensionContainersWorld>;
  /** An extension that answers every request with `well`, and writes `up` to its log. */
  readonly well: Pick<ExtensionWork, 'image' | 'entrypoint' | 'command'>;
  /** One that ends with exit code 3. */
  readonly failing: Pick<ExtensionWork, 'image' | 'entrypoint' | 'command'>;
};

export function extensionContainersContract({ open, well, failing }: ContractOptions): void {
  const work = (more: Partial<ExtensionWork> = {}): ExtensionWork => ({
    id: 'hooks',
    ...well,
    environment: ({ bind, apiBaseUrl }) => ({ BIND: bind, API: apiBaseUrl }),
    secrets: {},
    ...more,
  });

  test('a started one is reached at its address', async () => {
    const { containers } = await open();
    const { url } = await containers.start(work());
    expect(await answerOf(url)).toBe('well\n');
    await containers.stop('hooks');
  });

  test('what it writes is its log, which goes when it is forgotten', async () => {
    const { containers, logs } = await open();
    expect(await containers.log('hooks')).toBeUndefined();
    const { url } = await containers.start(work());
    await answerOf(url);
    await containers.stop('hooks');
    const stream = await containers.log('hooks');
    const lines: string[] = [];
    if (stream) for await (const { data } of logs.read(stream)) lines.push(Buffer.from(data).toString());
    expect(lines).toContain('up');
    await containers.forget('hooks');
    expect(await containers.log('hooks')).toBeUndefined();
  });

  test('one that ends by itself says how', async () => {
    const { containers } = await open();
    const ended = containers.start(work(failing)).then(({ ended }) => ended);
    expect(await ended.catch((error: unknown) => String(error))).toContain('it ended with exit code 3');
    await containers.stop('hooks');
  });

  test('two run side by side, and a second start of one takes its place', async () => {
    const { containers } = await open();
    const [first, other] = await Promise.all([containers.start(work()), containers.start(work({ id: 'other' }))]);
    expect(await Promise.all([answerOf(first.url), answerOf(other.url)])).toEqual(['well\n', 'well\n']);
    const second = await containers.start(work());
    expect(await answerOf(second.url)).toBe('well\n');
    await first.ended;
    await Promise.all([containers.stop('hooks'), containers.stop('other'), containers.stop('unknown')]);
    expect(await Promise.all([reaches(second.url), reaches(other.url)])).toEqual([false, false]);
  });

  test('what a killed server has left is stopped by the next one', async () => {
    const { containers, next } = await open();
    const { url } = await containers.start(work());
    expect(await answerOf(url)).toBe('well\n');
    await next().clear();
    expect(await reaches(url)).toBe(false);
  });
}

/** An extension takes a moment until it listens: asked until something answers. */
async function answerOf(url: string): Promise<string> {
  let answer = '';
  const ask = () =>
    fetch(url).then(
      async (response) => {
        answer = await response.text();
        return true;
      },
      () => false,
    );
  await expect.poll(ask, { timeout: 20_000, interval: 50 }).toBe(true);
  return answer;
}

const reaches = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );
