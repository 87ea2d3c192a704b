/** What a user of Gofer does: registers pipelines, starts runs, waits for them, reads their logs. Through the API alone. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../lib/client/client.ts';
import type { Attempt, PipelineRef, Run, RunRef, TaskExecution } from '../../lib/client/types.ts';

/** As a pipeline file holds it: what of it is wrong is for the server to say. */
type Task = Readonly<Record<string, unknown>>;

/** A task that runs a script, or the words of a command. */
export const task = (id: string, command: string | string[], more: Task = {}): Task => ({
  id,
  image: 'busybox:latest',
  command: typeof command === 'string' ? ['sh', '-c', command] : command,
  stop_timeout: 2,
  ...more,
});

/** Goes on until it gets SIGTERM, and does `then`. */
export const until = (then: string) => `trap '${then}' TERM; echo ready; while true; do sleep 0.05; done`;

type Options = {
  readonly id?: string;
  readonly parallelism?: number;
  readonly timeout?: string;
  readonly schedule?: readonly string[];
};

export type Finished = {
  readonly ref: RunRef;
  readonly run: Run;
  readonly tasks: Readonly<Record<string, TaskExecution & { readonly attempts: readonly Attempt[] }>>;
  readonly statuses: Readonly<Record<string, string>>;
};

export type User = ReturnType<typeof createUser>;

/** Milliseconds: of no meaning but to end a test that hangs. */
const usualPatience = 120_000;

type Who = {
  readonly url: string;
  readonly token?: string;
  /** How long a run is waited for, in milliseconds. */
  readonly patience?: number;
};

export function createUser({ url, token, patience }: Who) {
  const client = createClient({ baseUrl: url, ...(token !== undefined && { token }) });

  /** Makes a pipeline of these tasks live, under a name that nobody else has. */
  async function up(tasks: readonly Task[], more: Options = {}): Promise<PipelineRef> {
    const ref = { namespace: 'default', pipeline: more.id ?? `e2e-${randomBytes(6).toString('hex')}` };
    const { pipeline } = await client.configs.register(ref, { id: ref.pipeline, ...more, tasks });
    const { version } = pipeline.config;
    await client.configs.deploy(ref, version);
    await eventually(
      () => client.configs.get(ref, version),
      ({ config }) => config.state === 'live',
    );
    return ref;
  }

  async function begin(ref: PipelineRef, variables?: Readonly<Record<string, string>>): Promise<RunRef> {
    const { run } = await client.runs.start(ref, variables);
    return { ...ref, run: run.run_id };
  }

  async function finished(ref: RunRef): Promise<Finished> {
    const { run } = await eventually(
      () => client.runs.get(ref),
      ({ run }) => run.state === 'complete',
      patience,
    );
    const { task_executions } = await client.tasks.list(ref);
    const tasks = task_executions.map((each) => [each.task_id, { ...each, attempts: each.attempts ?? [] }] as const);
    const statuses = Object.fromEntries(tasks.map(([id, { status }]) => [id, status]));
    return { ref, run, tasks: Object.fromEntries(tasks), statuses };
  }

  async function text(ref: RunRef, id: string, attempt?: number): Promise<string> {
    const response = await client.logs.read({ ...ref, task: id }, attempt === undefined ? {} : { attempt });
    return response.text();
  }

  const lines = async (ref: RunRef, id: string, attempt?: number) =>
    (await text(ref, id, attempt)).split('\n').slice(0, -1);

  return {
    url,
    token,
    client,
    up,
    begin,
    finished,
    /** The log so far: of the last attempt, or the given one. */
    text,
    lines,
    /** One run of these tasks, from registration to the end. */
    execute: async (tasks: readonly Task[], more?: Options) => finished(await begin(await up(tasks, more))),
    /** Waits until a task has written `line`. */
    async wrote(ref: RunRef, id: string, line: string): Promise<void> {
      await eventually(
        () => lines(ref, id),
        (found) => found.includes(line),
      );
    },
    /** What the API answers, errors included; a body that is text goes out as it is. */
    async ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const answer = await response.text();
      return { status: response.status, message: messageIn(answer), answer };
    },
  };
}

function messageIn(answer: string): string {
  const body: unknown = answer.startsWith('{') ? JSON.parse(answer) : {};
  return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
}

/** Looks again and again until it is so. */
export async function eventually<T>(
  look: () => Promise<T>,
  isSo: (found: T) => boolean,
  patience = usualPatience,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (isSo(found)) return found;
    if (Date.now() > deadline)
      throw new Error(`it never came about; last seen: ${JSON.stringify(found).slice(0, 2000)}`);
    await sleep(50);
  }
}

export const runsPath = ({ namespace, pipeline }: PipelineRef) =>
  `/api/namespaces/${namespace}/pipelines/${pipeline}/runs`;
