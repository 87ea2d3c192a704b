import { once } from 'node:events';
import { Duplex } from 'node:stream';
import type { Container } from 'dockerode';
import { expect, onTestFinished, test, vi } from 'vitest';
import { execTerminal } from '../../../lib/local/containers/docker-exec.ts';

test('hanging up ends a terminal whose program takes nothing of what is typed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const wire = new Duplex({ read() {}, write() {} });
  const container = { exec: async () => ({ start: async () => wire }) } as unknown as Container;
  const terminal = await execTerminal(container, ['sleep', '300'], new AbortController().signal);
  void terminal.write(Buffer.from('typed'));
  const closed = once(wire, 'close');
  terminal.close();
  await vi.runAllTimersAsync();
  expect(wire.destroyed).toBe(true);
  await closed;
});
