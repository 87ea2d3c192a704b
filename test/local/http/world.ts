/** The server of one machine before a home in memory: a run whose task "compile" the test writes the log of. */
import { onTestFinished } from 'vitest';
import { createApi } from '../../../lambdas/api/api.ts';
import type { ApiOptions } from '../../../lambdas/api/serve.ts';
import { createHttpServer, type HttpServer } from '../../../lib/local/http/server.ts';
import { getRun } from '../../../lib/run/runs.ts';
import { taskKey } from '../../../lib/store/items/run.ts';
import { runName } from '../../../lib/task/group.ts';
import type { TaskItem } from '../../../lib/task/task.ts';
import { buildConfig, configs, runs, startApi } from '../../api/client.ts';
import { createMemoryLogs, type MemoryLogs } from '../../api/memory-logs.ts';
import { createMemoryHome, type MemoryHome } from '../../memory-home.ts';

export type HttpWorld = {
  readonly home: MemoryHome;
  readonly logs: MemoryLogs;
  readonly server: HttpServer;
  /** Address of the log of "compile". */
  readonly log: string;
  /** Writes to the log of a launch. */
  readonly say: (launch: number, ...texts: (string | Uint8Array)[]) => void;
  /** Changes the row of "compile", and lets readers see it. */
  readonly row: (item: Partial<TaskItem>) => Promise<void>;
};

export const running = { arn: 'a', state: 'RUNNING', started: 1 } as const;
export const stopped = { ...running, state: 'STOPPED', stopped: 2, exit_code: 0 } as const;

export async function startWorld(options: ApiOptions = {}): Promise<HttpWorld> {
  const logs = createMemoryLogs();
  const home: MemoryHome = { ...createMemoryHome(), logs };
  const send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  await send(`POST ${runs}`, { body: { variables: {} } });
  const { uid } = await getRun(home, { namespace: 'default', pipeline: 'build', number: 1 });

  const server = createHttpServer({ handler: createApi(home, options), host: '127.0.0.1', port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  return {
    home,
    logs,
    server,
    log: `${server.url}${runs}/1/tasks/compile/logs`,
    say: (launch, ...texts) => logs.write({ run: runName(uid, 1), task: 'compile', launch }, ...texts),
    async row(item) {
      await home.table.update(taskKey(uid, 1, 'compile'), { set: { ...item } });
      logs.wake();
    },
  };
}
