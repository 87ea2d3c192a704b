/** How soon `gofer dev` answers, and what it takes while nothing happens. */
import { median, type Row } from './measure.ts';
import { scratchFolder, startServer } from './server.ts';

const rounds = 5;
/** Seconds of silence before memory is read. */
const idle = 5;

export async function starting(): Promise<Row[]> {
  const times: number[] = [];
  const memories: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await scratchFolder(async (data) => {
      const server = await startServer(data);
      times.push(server.startedIn);
      if (round % 2 === 0) {
        await new Promise((resolve) => setTimeout(resolve, idle * 1000));
        memories.push(await server.memory());
      }
      await server.stop();
    });
  }
  const time = median(times);
  const memory = median(memories);
  return [
    {
      what: '"gofer dev" to its first answer, on a new folder',
      measured: `${time.toFixed(0)} ms`,
      target: '< 1,000 ms',
      reached: time < 1000,
    },
    {
      what: `memory after ${idle} s of nothing`,
      measured: `${memory.toFixed(0)} MB`,
      target: '< 150 MB',
      reached: memory < 150,
    },
  ];
}

if (import.meta.main) console.table(await starting());
