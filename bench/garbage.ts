/** What a server holds, apart from what its engine has not got round to giving back. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Lets the engine be talked to, at a port of its own. */
export const inspected = '--inspect=127.0.0.1:0';

/** Resolves with the address that the process, which was started with {@link inspected}, tells on its standard error. */
export async function inspectorOf({ stderr }: ChildProcess): Promise<string> {
  let told = '';
  for await (const text of stderr?.iterator({ destroyOnReturn: false }) ?? []) {
    told += String(text);
    const address = /ws:\/\/\S+/.exec(told)?.[0];
    if (address) return address;
  }
  throw new Error(`no inspector was told: ${told}`);
}

export async function collectGarbage(inspector: string): Promise<void> {
  const socket = new WebSocket(inspector);
  await once(socket, 'open');
  const answered = once(socket, 'message');
  socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
  await answered;
  socket.close();
}
