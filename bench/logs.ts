/** How many log lines reach a follower in a second, through container, file, server and stream. */
import { median, type Row } from './measure.ts';
import { deploy, ended, type Server, startRun, withServer } from './server.ts';

const lines = 500_000;
const rounds = 5;
const readers = 100;
const linesEach = 50_000;

export async function logs(): Promise<Row[]> {
  return withServer(async (server) => {
    const path = await deploy(server, 'talker', [{ id: 'talk', command: ['seq', String(lines)] }]);
    const rates: number[] = [];
    let lost = 0;
    for (let round = 0; round < rounds; round++) {
      const { run_id } = await startRun(server, path);
      const { received, seconds } = await follow(server, `${path}/runs/${run_id}/tasks/talk/logs`);
      rates.push(received / seconds);
      lost += lines - received;
    }
    const rate = median(rates);
    const short = await deploy(server, 'short', [{ id: 'talk', command: ['seq', String(linesEach)] }]);
    const { run_id } = await ended(server, short, (await startRun(server, short)).run_id);
    const crowd = await readAtOnce(server, `${short}/runs/${run_id}/tasks/talk/logs`);
    return [
      {
        what: `log lines through to a follower (${lines} lines)`,
        measured: `${Math.round(rate)} lines/s`,
        target: '≥ 50,000 lines/s',
        reached: rate >= 50_000,
      },
      { what: 'log lines lost or out of order', measured: String(lost), target: '0', reached: lost === 0 },
      {
        what: `lines lost with ${readers} readers of ${linesEach} lines at once (the server took ${Math.round(crowd.memory)} MB)`,
        measured: String(crowd.lost),
        target: '0',
        reached: crowd.lost === 0,
      },
    ];
  });
}

/** Many clients read a stored log at the same time; the server's memory is looked at meanwhile. */
async function readAtOnce(server: Server, path: string): Promise<{ lost: number; memory: number }> {
  let memory = 0;
  const timer = setInterval(async () => {
    memory = Math.max(memory, await server.memory());
  }, 200);
  const counts = await Promise.all(Array.from({ length: readers }, () => countLines(server, path)));
  clearInterval(timer);
  return { lost: counts.reduce((sum, count) => sum + linesEach - count, 0), memory };
}

async function countLines(server: Server, path: string): Promise<number> {
  const response = await open(server, path);
  const newline = 0x0a;
  let events = -1;
  let last = 0;
  // An event ends with an empty line; the last one says that the log has ended.
  for await (const chunk of response)
    for (const byte of chunk) {
      if (byte === newline && last === newline) events++;
      last = byte;
    }
  return events;
}

/** Follows from before the first line until the server ends the stream. Counts lines that come in order. */
async function follow(server: Server, path: string): Promise<{ received: number; seconds: number }> {
  const body = await open(server, path);
  let begun = 0;
  let received = 0;
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    begun ||= chunk.includes('"text"') ? performance.now() : 0;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.includes(`"text":"${received + 1}"`)) received++;
  }
  return { received, seconds: (performance.now() - begun) / 1000 };
}

async function open(server: Server, path: string) {
  const headers = { accept: 'text/event-stream', 'gofer-api-version': 'v0' };
  const response = await fetch(`${server.url}/api${path}`, { headers });
  if (!response.ok || !response.body) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.body;
}

if (import.meta.main) console.table(await logs());
