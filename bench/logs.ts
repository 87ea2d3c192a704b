/** How many log lines reach a follower in a second, through container, file, server and stream. */
import { median, type Row } from './measure.ts';
import { deploy, type Server, startRun, withServer } from './server.ts';

const lines = 500_000;
const rounds = 5;

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
    return [
      {
        what: `log lines through to a follower (${lines} lines)`,
        measured: `${Math.round(rate)} lines/s`,
        target: '≥ 50,000 lines/s',
        reached: rate >= 50_000,
      },
      { what: 'log lines lost or out of order', measured: String(lost), target: '0', reached: lost === 0 },
    ];
  });
}

/** Follows from before the first line until the server ends the stream. Counts lines that come in order. */
async function follow(server: Server, path: string): Promise<{ received: number; seconds: number }> {
  const response = await fetch(`${server.url}/api${path}`, {
    headers: { accept: 'text/event-stream', 'gofer-api-version': 'v0' },
  });
  if (!response.ok || !response.body) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  let begun = 0;
  let received = 0;
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    begun ||= chunk.includes('"text"') ? performance.now() : 0;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.includes(`"text":"${received + 1}"`)) received++;
  }
  return { received, seconds: (performance.now() - begun) / 1000 };
}

if (import.meta.main) console.table(await logs());
