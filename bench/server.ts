/** A server of its own for each measurement: scratch folder, free port, real containers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DevServer, startDev } from '../lib/local/dev.ts';

export type Bench = DevServer & { request<T>(method: string, path: string, body?: unknown): Promise<T> };

export async function withServer<T>(work: (server: Bench) => Promise<T>): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'gofer-bench-'));
  const server = await startDev({
    host: '127.0.0.1',
    port: 0,
    data,
    containers: 'docker',
    auth: false,
    notice: (line) => console.error(line),
  });
  try {
    return await work({
      ...server,
      request: (method, path, body) => request(`${server.url}/api${path}`, method, body),
    });
  } finally {
    await server.close();
    await rm(data, { recursive: true, force: true });
  }
}

async function request<T>(url: string, method: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', 'gofer-api-version': 'v0' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

type Task = { id: string; depends_on?: Record<string, string>; command?: string[] };

/** Registers and deploys a pipeline of busybox tasks. */
export async function deploy(server: Bench, id: string, tasks: readonly Task[], parallelism = 0): Promise<string> {
  const path = `/namespaces/default/pipelines/${id}`;
  const config = {
    id,
    name: id,
    parallelism,
    tasks: tasks.map((task) => ({ image: 'busybox:latest', command: ['true'], ...task })),
  };
  const { pipeline } = await server.request<{ pipeline: { config: { version: number } } }>('POST', `${path}/configs`, {
    config,
  });
  await server.request('POST', `${path}/configs/${pipeline.config.version}`);
  return path;
}

export type Run = { run_id: number; state: string; status: string; started: number; ended: number };

export async function startRun(server: Bench, path: string): Promise<Run> {
  return (await server.request<{ run: Run }>('POST', `${path}/runs`, { variables: {} })).run;
}

/** Waits for the end of a run, which must be successful. */
export async function ended(server: Bench, path: string, number: number): Promise<Run> {
  for (;;) {
    const { run } = await server.request<{ run: Run }>('GET', `${path}/runs/${number}`);
    if (run.state === 'complete') {
      if (run.status !== 'successful') throw new Error(`run ${number} of ${path} is ${run.status}`);
      return run;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
