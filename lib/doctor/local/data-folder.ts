/** The folder that holds everything: there, writable, and whose it is. */
import { fail, ok, type Verdict } from '../check.ts';

export type DataFolderFacts = {
  readonly path: string;
  readonly exists: boolean;
  readonly writable: boolean;
  /** Process id of the server that has it now. */
  readonly server?: number;
};

export function judgeDataFolder({ path, exists, writable, server }: DataFolderFacts): Verdict {
  if (!writable)
    return fail(
      `the data folder ${path} ${exists ? "can't be written" : "can't be made"}`,
      'change its rights, or choose another with --data',
    );
  if (server !== undefined) return ok(`the data folder ${path} is in use by the server, process ${server}`);
  return ok(exists ? `the data folder ${path} is writable and free` : `the data folder ${path} will be made`);
}
