import * as z from 'zod';
import { GoferError } from '../../errors.ts';
import type { Home } from '../../home.ts';
import { LogsExpiredError } from '../../logs/expire.ts';
import { removeLogs } from '../../logs/remove.ts';
import { loadConfig } from '../../run/load.ts';
import { type FoundRun, getRun, getRunTask } from '../../run/runs.ts';
import { operation } from '../operation.ts';
import { runOf, runParams, runPath, taskOf, taskParams, taskPath } from '../paths.ts';
import { wantedStream } from '../stream/answer.ts';
import { openLogStream } from '../stream/log-stream.ts';
import { openRunLogStream } from '../stream/run-log-stream.ts';

export const logs = [
  operation({
    operationId: 'get_run_logs',
    method: 'GET',
    path: `${runPath}/logs`,
    summary:
      'Follow the logs of all tasks of a run as Server-Sent Events: `{"lines": [{task, attempt, time, source, text}], "ended": [task]}`',
    access: { resource: 'runs', action: 'read' },
    params: runParams,
    status: 200,
    streams: 'events',
    handler: async (home, { params, headers }) => {
      const run = await getRun(home, runOf(params));
      const { uid, number, version } = run;
      refuseExpired(home, run);
      if (wantedStream(headers) === 'websocket') throw new NoWebSocketError();
      const { config } = await loadConfig(home, uid, version);
      const after = headers['last-event-id'];
      return openRunLogStream(home, { uid, number, tasks: config.tasks.map(({ id }) => id), ...(after && { after }) });
    },
  }),
  operation({
    operationId: 'get_logs',
    method: 'GET',
    path: `${taskPath}/logs`,
    summary: "Follow a task's log as a WebSocket or as Server-Sent Events; any other request gets its text so far",
    access: { resource: 'runs', action: 'read' },
    params: taskParams,
    query: z.object({
      attempt: z.int().positive().optional().describe('Only this attempt; absent: the newest, and those that follow.'),
      timestamps: z.boolean().optional().describe('Begins each line of text with the time it was written.'),
    }),
    status: 200,
    streams: true,
    handler: async (home, { params, query, headers }) => {
      const { run, task } = await getRunTask(home, taskOf(params));
      refuseExpired(home, run);
      const after = headers['last-event-id'];
      return openLogStream(home, {
        uid: run.uid,
        number: run.number,
        task: task.id,
        as: wantedStream(headers),
        timestamps: query.timestamps ?? false,
        ...(query.attempt !== undefined && { attempt: query.attempt }),
        ...(after && { after }),
      });
    },
  }),
  operation({
    operationId: 'delete_logs',
    method: 'DELETE',
    path: `${taskPath}/logs`,
    summary: "Remove a complete task's logs",
    access: { resource: 'runs', action: 'delete' },
    params: taskParams,
    status: 204,
    handler: async (home, { params }) => {
      const { run, task } = await getRunTask(home, taskOf(params));
      await removeLogs(home, { uid: run.uid, number: run.number, task: task.id });
    },
  }),
];

function refuseExpired({ settings }: Home, { number, expired }: FoundRun): void {
  if (expired.logs) throw new LogsExpiredError(number, settings.retention?.runLogs);
}

class NoWebSocketError extends GoferError {
  override readonly name = 'NoWebSocketError';
  constructor() {
    const advice = 'ask with "Accept: text/event-stream", or for the log of one task';
    super(406, 'not_acceptable', `the logs of a run come as Server-Sent Events, not over a WebSocket; ${advice}`);
  }
}
