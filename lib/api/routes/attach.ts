import * as z from 'zod';
import { type AttachRequest, sessionOf, terminalOf } from '../../attach/attach.ts';
import { GoferError } from '../../errors.ts';
import type { Home } from '../../home.ts';
import { getRunTask } from '../../run/runs.ts';
import { type Caller, operation } from '../operation.ts';
import { taskOf, taskParams, taskPath } from '../paths.ts';
import { wantedStream } from '../stream/answer.ts';
import { terminalStream } from '../stream/terminal.ts';

const path = `${taskPath}/attach`;
const access = { resource: 'runs', action: 'write', deed: 'attach' } as const;
const command = z.string().describe('A program that the image has, with its arguments: `sh`.');

export const attach = [
  operation({
    operationId: 'attach_task_execution',
    method: 'GET',
    path,
    summary:
      "Run a command in a task's container that runs, over a WebSocket: a terminal, as binary messages both ways",
    access,
    params: taskParams,
    query: z.object({ command }),
    status: 200,
    handler: async (home, { params, query, headers, caller }) => {
      const { open } = terminalOf(home, await requestOf(home, params, query.command, caller));
      if (wantedStream(headers) !== 'websocket')
        throw new GoferError(426, 'upgrade_required', 'a terminal is a WebSocket: ask with "Upgrade: websocket"');
      return terminalStream(open);
    },
  }),
  operation({
    operationId: 'create_attach_session',
    method: 'POST',
    path,
    summary: "On AWS: a session of ECS Exec in a task's container, for AWS's session-manager-plugin",
    access,
    params: taskParams,
    body: z.strictObject({ command }).meta({ id: 'CreateAttachSessionRequest' }),
    status: 201,
    response: z.object({
      session: z
        .object({
          session_id: z.string(),
          stream_url: z.string(),
          token: z.string(),
          target: z.string(),
          region: z.string(),
        })
        .meta({ id: 'AttachSession' }),
    }),
    handler: async (home, { params, body, caller }) => ({
      session: await sessionOf(home, await requestOf(home, params, body.command, caller)),
    }),
  }),
];

async function requestOf(
  home: Home,
  params: z.output<typeof taskParams>,
  command: string,
  caller: Caller | undefined,
): Promise<AttachRequest> {
  const { run, task, rows } = await getRunTask(home, taskOf(params));
  return { run, task: task.id, row: rows.get(task.id), command, ...(caller && { token: caller.id }) };
}
