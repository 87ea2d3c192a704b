/** A server for a measurement: the published build as a process of its own, on a scratch folder and a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { collectGarbage, inspected, inspectorOf } from './garbage.ts';

const program = fileURLToPath(new URL('../dist/gofer.js', import.meta.url));

export type Server = {
  readonly url: string;
  /** Milliseconds from the start of the process to its first answer. */
  readonly startedIn: number;
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Resident memory of the process in MB; with `inspect` after what nobody uses has been given back. */
  memory(): Promise<number>;
  stop(): Promise<void>;
};

export async function scratchFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gofer-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type ServerOptions = {
  /** It asks for tokens, and gets the first one with each request. */
  readonly auth?: boolean;
  readonly containers?: 'docker' | 'process';
  readonly inspect?: boolean;
};

export async function startServer(
  data: string,
  { auth = false, containers = 'docker', inspect = false }: ServerOptions = {},
): Promise<Server> {
  if (!existsSync(program)) throw new Error(`${program} is missing: run "npm run build" first`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const where = ['--port', String(port), '--data', data, '--containers', containers];
  const flags = ['dev', ...where, ...(auth ? ['--auth'] : [])];
  const child = spawn(process.execPath, [...(inspect ? [inspected] : []), program, ...flags], {
    stdio: ['ignore', 'ignore', inspect ? 'pipe' : 'inherit'],
  });
  const inspector = inspect ? await inspectorOf(child) : undefined;
  child.stderr?.pipe(process.stderr);
  await answers(child, url);
  const startedIn = performance.now() - begun;
  const bootstrap = () => request<{ secret: string }>(`${url}/api/tokens/bootstrap`, 'POST', undefined);
  const token = auth ? (await bootstrap()).secret : undefined;
  return {
    url,
    startedIn,
    request: (method, path, body) => request(`${url}/api${path}`, method, body, token),
    memory: async () => {
      if (inspector !== undefined) await collectGarbage(inspector);
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

export const withServer = <T>(work: (server: Server) => Promise<T>): Promise<T> =>
  scratchFolder(async (data) => {
    const server = await startServer(data);
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  while (child.exitCode === null) {
    try {
      await fetch(`${url}/api/system/metadata`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  throw new Error(`gofer dev ended with ${child.exitCode}`);
}

const agent = new Agent({ keepAlive: true });

/** By node:http: what the client does in the same time stands in the figures too, and fetch does three times as much. */
async function request<T>(url: string, method: string, body: unknown, token?: string): Promise<T> {
  const headers = {
    'content-type': 'application/json',
    'gofer-api-version': 'v0',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const asked = httpRequest(url, { method, headers, agent });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const answer = await text(response);
  const { statusCode = 0 } = response;
  if (statusCode >= 300) throw new Error(`${method} ${url}: ${statusCode} ${answer}`);
  return (answer === '' ? undefined : JSON.parse(answer)) as T;
}

type Task = { id: string; depends_on?: Record<string, string>; command?: string[] };

/** Registers and deploys a pipeline of busybox tasks; returns its path. */
export async function deploy(server: Server, id: string, tasks: readonly Task[], parallelism = 0): Promise<string> {
  const path = `/namespaces/default/pipelines/${id}`;
  const image = 'busybox:latest';
  const config = { id, name: id, parallelism, tasks: tasks.map((task) => ({ image, command: ['true'], ...task })) };
  await server.request('POST', `${path}/configs`, { config });
  await server.request('POST', `${path}/configs/1`);
  return path;
}

export type Run = { run_id: number; state: string; status: string; started: number; ended: number };

export async function startRun(server: Server, path: string): Promise<Run> {
  return (await server.request<{ run: Run }>('POST', `${path}/runs`, { variables: {} })).run;
}

/** Waits for the end of a run, which must be successful. Asks seldom: figures are the run's own times, and asking costs the server. */
export async function ended(server: Server, path: string, number: number): Promise<Run> {
  for (;;) {
    const { run } = await server.request<{ run: Run }>('GET', `${path}/runs/${number}`);
    if (run.state === 'complete' && run.status === 'successful') return run;
    if (run.state === 'complete') throw new Error(`run ${number} of ${path} is ${run.status}`);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}
