/**
 * How containers ended, for about an hour as on ECS: one line of JSON each in `<data>/results/<hour>.jsonl`.
 * A line begins with its newline, so that one torn by a crash doesn't spoil the next.
 */
import { appendFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EcsTask } from './ecs-task.ts';

const hour = 3_600_000;
/** `2026-11-23T04`: files sort by time. */
const hourOf = (time: number) => new Date(time).toISOString().slice(0, 13);

/** ECS describes a stopped task for about this long. */
export const remembered = hour;

export class Results {
  readonly #folder: string;
  readonly #made: Promise<unknown>;

  constructor(data: string) {
    this.#folder = join(data, 'results');
    this.#made = mkdir(this.#folder, { recursive: true });
    // Whoever needs the folder is told.
    this.#made.catch(() => {});
  }

  async add(task: EcsTask): Promise<void> {
    await this.#made;
    const time = task.StoppedAt ?? task.CreatedAt;
    // A trip to a thread takes far longer than writing a line, and the next container waits for it.
    appendFileSync(join(this.#folder, `${hourOf(time)}.jsonl`), `\n${JSON.stringify(task)}`);
  }

  /** Those that stopped within the hour or two before the newest: also a server that was off for a week repeats none of them. */
  async recent(): Promise<EcsTask[]> {
    await this.#made;
    const all = (await readdir(this.#folder)).filter((name) => /^[\dT-]+\.jsonl$/.test(name)).sort();
    const last = Date.parse(`${all.at(-1)?.slice(0, 13)}:00:00Z`);
    const names = all.filter((name) => !this.#old(name, last));
    const files = await Promise.all(names.map((name) => readFile(join(this.#folder, name), 'utf8')));
    return files.flatMap((file) => file.split('\n')).flatMap(parse);
  }

  /** Removes what is older than an hour or two. */
  async sweep(now: number): Promise<void> {
    await this.#made;
    const old = (await readdir(this.#folder)).filter((name) => this.#old(name, now));
    await Promise.all(old.map((name) => rm(join(this.#folder, name), { force: true })));
  }

  #old(name: string, now: number) {
    return name < `${hourOf(now - remembered)}.jsonl`;
  }
}

function parse(line: string): EcsTask[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as EcsTask];
  } catch {
    return [];
  }
}
