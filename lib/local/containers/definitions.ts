/** Task definitions on disk, named by their content: `<data>/task-definitions/<hash>.json`. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskDefinition } from '../../ports/containers.ts';

export class Definitions {
  readonly #folder: string;
  readonly #known = new Map<string, TaskDefinition>();

  constructor(data: string) {
    this.#folder = join(data, 'task-definitions');
  }

  /** Returns `<family>:<revision>`: the family is the content's hash, so the revision is always 1. */
  async define(definition: TaskDefinition): Promise<string> {
    const { image, entrypoint, architecture, stopTimeout, alwaysPull } = definition;
    // Written in a fixed order, so that the same content has the same hash however it was put together.
    const content = JSON.stringify({ image, entrypoint, architecture, stopTimeout, alwaysPull });
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 32);
    if (!this.#known.has(hash)) {
      await this.#write(hash, content);
      this.#known.set(hash, definition);
    }
    return `gofer-${hash}:1`;
  }

  /** Takes a name or an ARN. `undefined`: never defined. */
  async get(name: string): Promise<TaskDefinition | undefined> {
    const hash = /gofer-([0-9a-f]{32}):1$/.exec(name)?.[1];
    if (!hash) return undefined;
    const known = this.#known.get(hash);
    if (known) return known;
    try {
      const definition = JSON.parse(await readFile(join(this.#folder, `${hash}.json`), 'utf8')) as TaskDefinition;
      this.#known.set(hash, definition);
      return definition;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** By rename: a definition is there whole or not at all. Two pipelines may define the same at once, so each has its own draft. */
  async #write(hash: string, content: string) {
    await mkdir(this.#folder, { recursive: true });
    const draft = join(this.#folder, `${hash}.${randomUUID()}.draft`);
    await writeFile(draft, content);
    await rename(draft, join(this.#folder, `${hash}.json`));
  }
}
