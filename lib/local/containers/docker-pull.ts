/** Pulls images: one at a time each, however many tasks wait for it. */
import type Docker from 'dockerode';
import { credentialsOf } from './docker-credentials.ts';

type Progress = { readonly error?: string };

export class Pulls {
  readonly #docker: Docker;
  readonly #under_way = new Map<string, Promise<void>>();

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Rejects with the engine's words. A pull goes on when one of those who wait for it has gone. */
  pull(image: string): Promise<void> {
    const known = this.#under_way.get(image);
    if (known) return known;
    const pulling = this.#pull(image).finally(() => this.#under_way.delete(image));
    this.#under_way.set(image, pulling);
    return pulling;
  }

  async #pull(image: string): Promise<void> {
    const authconfig = await credentialsOf(image);
    const stream: NodeJS.ReadableStream = await this.#docker.pull(image, authconfig ? { authconfig } : {});
    const failed = await new Promise<string | undefined>((resolve, reject) => {
      this.#docker.modem.followProgress(stream, (error: Error | null, progress: Progress[]) =>
        error ? reject(error) : resolve(progress.find((step) => step.error !== undefined)?.error),
      );
    });
    if (failed !== undefined) throw new Error(failed);
  }
}
