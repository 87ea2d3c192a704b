/** Task definitions on disk, named by their content: `<data>/task-definitions/<hash>.json`. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskDefinition } from '../../ports/containers.ts';

/** Written in a fixed order, so that the same content has the same hash however it was put together. */
const contentOf = (definition: TaskDefinition): string => {
  const { image, entrypoint, architecture, stopTimeout, alwaysPull, secrets, registry } = definition;
  return JSON.stringify({ image, entrypoint, architecture, stopTimeout, alwaysPull, secrets, registry });
};

const hashOf = (content: string) => createHash('sha256').update(content).digest('hex').slice(0, 32);

/** Of a family, with or without the revision that names had at first. */
const hashIn = (name: string) => /gofer-([0-9a-f]{32})(:1)?$/.exec(name)?.[1];

/** The family of a definition. */
export const nameOf = (definition: TaskDefinition): string => `gofer-${hashOf(contentOf(definition))}`;

export class Definitions {
  readonly #folder: string;
  readonly #known = new Map<string, TaskDefinition>();

  constructor(data: string) {
    this.#folder = join(data, 'task-definitions');
  }

  async define(definition: TaskDefinition): Promise<string> {
    const content = contentOf(definition);
    const hash = hashOf(content);
    if (!this.#known.has(hash)) {
      await this.#write(hash, content);
      this.#known.set(hash, definition);
    }
    return `gofer-${hash}`;
  }

  async forget(name: string): Promise<void> {
    const hash = hashIn(name);
    if (!hash) return;
    this.#known.delete(hash);
    await rm(join(this.#folder, `${hash}.json`), { force: true });
  }

  /** Takes a name or an ARN. `undefined`: never defined, or forgotten. */
  async get(name: string): Promise<TaskDefinition | undefined> {
    const hash = hashIn(name);
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
