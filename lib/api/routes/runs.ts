import * as z from 'zod';
import { cancelRun } from '../../run/cancel.ts';
import { getRun, listRuns, queuePosition } from '../../run/runs.ts';
import { startRun } from '../../run/start.ts';
import { operation } from '../operation.ts';
import { longPageOf, longPageSchema } from '../page.ts';
import { pipelineParams, pipelinePath, runOf, runParams, runPath } from '../paths.ts';
import { runSchema } from '../schemas/run.ts';
import { runView } from '../views/run.ts';

/** Who starts a run where nobody has to identify. */
const anonymous = { id: 'anonymous', user: 'anonymous' };

export const runs = [
  operation({
    operationId: 'list_runs',
    method: 'GET',
    path: `${pipelinePath}/runs`,
    summary: 'List runs, in the order of their numbers',
    access: { resource: 'runs', action: 'read' },
    params: pipelineParams,
    query: longPageSchema,
    status: 200,
    response: z.object({ runs: z.array(runSchema) }),
    handler: async (home, { params, query }) => {
      const page = longPageOf(query);
      return { runs: (await listRuns(home, params.namespace_id, params.pipeline_id, page)).map(runView) };
    },
  }),
  operation({
    operationId: 'start_run',
    method: 'POST',
    path: `${pipelinePath}/runs`,
    summary: 'Start a run of the live version; an Idempotency-Key makes repeating it safe for 24 h',
    access: { resource: 'runs', action: 'write', deed: 'start' },
    params: pipelineParams,
    body: z.strictObject({ variables: z.record(z.string(), z.string()) }).meta({ id: 'StartRunRequest' }),
    status: 201,
    response: z.object({ run: runSchema }),
    handler: async (home, { params, body, headers, caller }) => {
      const idempotencyKey = headers['idempotency-key'];
      const run = await startRun(home, {
        namespace: params.namespace_id,
        pipeline: params.pipeline_id,
        variables: body.variables,
        initiator: caller ? { id: caller.id, user: caller.user } : anonymous,
        ...(idempotencyKey && { idempotencyKey }),
      });
      return { run: runView(run) };
    },
  }),
  operation({
    operationId: 'get_run',
    method: 'GET',
    path: runPath,
    summary: 'Get a run',
    access: { resource: 'runs', action: 'read' },
    params: runParams,
    status: 200,
    response: z.object({ run: runSchema }),
    handler: async (home, { params }) => {
      const run = await getRun(home, runOf(params));
      const position = await queuePosition(home, run);
      return { run: { ...runView(run), ...(position && { queue_position: position }) } };
    },
  }),
  operation({
    operationId: 'cancel_run',
    method: 'DELETE',
    path: runPath,
    summary: 'Cancel a run: its containers get SIGTERM, and SIGKILL after their stop_timeout',
    access: { resource: 'runs', action: 'write', deed: 'cancel' },
    params: runParams,
    status: 204,
    handler: async (home, { params }) => {
      const { uid, number } = await getRun(home, runOf(params));
      await cancelRun(home, { uid, number }, 'user');
    },
  }),
];
