/** What it costs a request that its token is looked up and its roles are asked. */
import { inTurn, median, milliseconds, type Row, timed } from './measure.ts';
import { type Server, scratchFolder, startServer } from './server.ts';

const reads = 3_000;

export const authorizing = (): Promise<Row[]> =>
  scratchFolder((open) =>
    scratchFolder(async (guarded) => {
      const servers = [await startServer(open), await startServer(guarded, { auth: true })] as const;
      try {
        return [await difference(...servers)];
      } finally {
        await Promise.all(servers.map((server) => server.stop()));
      }
    }),
  );

async function difference(open: Server, guarded: Server): Promise<Row> {
  const read = (server: Server) => () => timed(() => server.request('GET', '/namespaces/default'));
  await inTurn(reads / 10, read(open), read(guarded));
  const [without, with_] = await inTurn(reads, read(open), read(guarded));
  const beyond = median(with_) - median(without);
  return {
    what: `GET of a namespace with a token, beyond the same without (${milliseconds(median(without))}): p50`,
    measured: milliseconds(beyond),
    target: '≤ 1 ms',
    reached: beyond <= 1,
  };
}

if (import.meta.main) console.table(await authorizing());
