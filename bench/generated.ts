/** What a flood of requests that nobody thought of does to a server: no defect, no hang, no memory that stays. */
import { forget, generate, isDefect, knownThings } from '../test/conformance/generated/generated.ts';
import { extensionOf } from '../test/conformance/program.ts';
import { createAsk } from '../test/conformance/request.ts';
import { createWorld } from '../test/conformance/world.ts';
import { milliseconds, type Row, timed } from './measure.ts';
import { type Server, scratchFolder, startServer } from './server.ts';

/** The first ones load what is needed but once, and fill what has a limit. */
const warmUp = 2_000;
const measured = 10_000;
/** Requests delete what they are about: after so many there are new things. */
const batch = 500;
const mostGrowth = 50;

export const generated = (): Promise<Row[]> =>
  scratchFolder(async (data) => {
    const server = await startServer(data, { containers: 'process', inspect: true });
    try {
      return await flood(server);
    } finally {
      await server.stop();
    }
  });

async function flood(server: Server): Promise<Row[]> {
  // Without `auth` nobody looks at the token.
  const ask = createAsk({ url: server.url, token: 'none' });
  const world = createWorld(ask, { extensionOf });
  const defects: string[] = [];
  let slowest = 0;
  const send = async (count: number, seed: number) => {
    for (let sent = 0; sent < count; sent += batch) {
      const known = await knownThings(world);
      for (const { operation, request } of generate(known, batch, seed + sent)) {
        const took = await timed(async () => {
          const answer = await ask(operation, request);
          if (isDefect(operation, answer)) defects.push(`${operation.id} ${JSON.stringify(request)}: ${answer.text}`);
        });
        slowest = Math.max(slowest, took);
      }
      await forget(world, known);
    }
  };
  await send(warmUp, measured);
  const before = await server.memory();
  await send(measured, 0);
  const growth = (await server.memory()) - before;
  await world.end();
  for (const defect of defects) console.error(defect);
  return [
    {
      what: `${measured} generated requests: defects (5xx without a reason)`,
      measured: String(defects.length),
      target: '0',
      reached: defects.length === 0,
    },
    {
      what: 'the slowest of them: none hangs',
      measured: milliseconds(slowest),
      target: '≤ 10 s',
      reached: slowest <= 10_000,
    },
    {
      what: `memory that the server grew by, after ${warmUp} more`,
      measured: `${growth.toFixed(0)} MB`,
      target: `≤ ${mostGrowth} MB`,
      reached: growth <= mostGrowth,
    },
  ];
}

if (import.meta.main) console.table(await generated());
