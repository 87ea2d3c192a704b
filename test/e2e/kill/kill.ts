/** A server that is killed again and again, and always started anew on its data folder. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineRef, RunRef } from '../../../lib/client/types.ts';
import { launch, type Server, type ServerOptions, startServer } from '../server.ts';
import { createUser, runsPath, type User } from '../user.ts';
import { dag } from './dag.ts';

export type Killed = {
  readonly pipeline: PipelineRef;
  readonly runs: readonly RunRef[];
  /** The last one, which nobody kills. */
  readonly server: Server;
  readonly user: User;
};

export type Plan = { readonly kills: number; readonly killsARun: number; readonly seed: number };

/** From the start of the process: some die before they answer, most while they work. */
const longestLife = 2_500;

/** Runs of the DAG are asked for all along; SIGKILL comes at moments that the seed decides. */
export async function killAgainAndAgain(where: Omit<ServerOptions, 'port'>, plan: Plan): Promise<Killed> {
  const random = randomFrom(plan.seed);
  const first = await startServer(where);
  const { url } = first;
  const port = Number(new URL(url).port);
  const user = createUser({ url });
  const pipeline = await user.up(dag, { parallelism: 2 });
  await first.stop('SIGKILL');

  const asked: Promise<RunRef>[] = [];
  for (let kill = 0; kill < plan.kills; kill++) {
    const { ready, stop } = launch({ ...where, port });
    // Killed before it was ready: that is what happens here.
    ready.catch(() => undefined);
    if (kill % plan.killsARun === 0) asked.push(insist(user, pipeline, `run ${kill}`));
    await sleep(random() * longestLife);
    await stop('SIGKILL');
  }
  const server = await startServer({ ...where, port });
  return { pipeline, runs: await Promise.all(asked), server, user };
}

/** Asks until it is answered: the key makes it one run, however many servers have died over it. */
async function insist({ ask }: User, pipeline: PipelineRef, key: string): Promise<RunRef> {
  for (;;) {
    const body = { variables: { KEY: key } };
    const answer = await ask('POST', runsPath(pipeline), body, { 'idempotency-key': key }).catch(() => undefined);
    if (answer?.status === 201) return { ...pipeline, run: JSON.parse(answer.answer).run.run_id };
    if (answer) throw new Error(`a run was refused: ${answer.answer}`);
    await sleep(20);
  }
}

/** Numbers in [0, 1): Lehmer's generator. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
