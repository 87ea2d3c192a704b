/** One command's surroundings: settings, terminal and a client that is made when first needed. */
import { type Client, createClient } from '../client/client.ts';
import type { PipelineRef, RunRef, TaskRef } from '../client/types.ts';
import { type Config, type Flags, type Resolved, resolveConfig } from './config.ts';
import type { Io } from './io.ts';
import { Terminal } from './terminal/terminal.ts';
import { when } from './terminal/time.ts';

export class Session {
  readonly io: Io;
  readonly resolved: Resolved;
  readonly terminal: Terminal;
  #client: Client | undefined;

  constructor(io: Io, resolved: Resolved, terminal: Terminal) {
    this.io = io;
    this.resolved = resolved;
    this.terminal = terminal;
  }

  get config(): Config {
    return this.resolved.config;
  }

  get client(): Client {
    const { api_base_url, token, debug, insecure_skip_tls_verify } = this.config;
    // `fetch` has no switch of its own for this.
    if (insecure_skip_tls_verify) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    this.#client ??= createClient({
      baseUrl: api_base_url,
      fetch: this.io.fetch,
      wait: this.io.wait,
      warn: (text) => void this.terminal.notice(this.terminal.errorStyle.yellow(`note: ${text}`)),
      ...(token ? { token } : {}),
      ...(debug ? { trace: (line: string) => void this.terminal.notice(this.terminal.errorStyle.dim(line)) } : {}),
    });
    return this.#client;
  }

  /** The same surroundings with another API, which has no business with this one's token. */
  at(api_base_url: string): Session {
    const config = { ...this.config, api_base_url, token: '' };
    return new Session(this.io, { ...this.resolved, config }, this.terminal);
  }

  pipeline(pipeline: string): PipelineRef {
    return { namespace: this.config.namespace, pipeline };
  }

  run(pipeline: string, run: number): RunRef {
    return { ...this.pipeline(pipeline), run };
  }

  task(pipeline: string, run: number, task: string): TaskRef {
    return { ...this.run(pipeline, run), task };
  }

  /** A time for people: `2m ago`, or exactly with `--detail`. */
  when(time: number): string {
    return when(time, this.io.now(), this.config.detail);
  }
}

export async function openSession(flags: Flags, io: Io): Promise<Session> {
  const resolved = await resolveConfig(flags, io);
  const terminal = new Terminal(io, resolved.config.output_format, flags.color);
  for (const notice of resolved.notices) await terminal.notice(terminal.errorStyle.yellow(`note: ${notice}`));
  return new Session(io, resolved, terminal);
}
