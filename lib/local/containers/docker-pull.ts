/** Pulls images: one at a time each, however many tasks wait for it. */
import { hash } from 'node:crypto';
import type Docker from 'dockerode';
import { credentialsOf, registryOf } from './docker-credentials.ts';
import type { Work } from './engine.ts';

type Progress = { readonly error?: string };

export class Pulls {
  readonly #docker: Docker;
  readonly #under_way = new Map<string, Promise<void>>();

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Rejects with the engine's words. A pull goes on when one of those who wait for it has gone. */
  pull(image: string, credentials?: Work['credentials']): Promise<void> {
    // Who may pull it is the registry's answer to each of those who ask.
    const name = `${image} ${credentials ? hash('sha256', JSON.stringify(credentials)) : ''}`;
    const known = this.#under_way.get(name);
    if (known) return known;
    const pulling = this.#pull(image, credentials).finally(() => this.#under_way.delete(name));
    this.#under_way.set(name, pulling);
    return pulling;
  }

  async #pull(image: string, credentials: Work['credentials']): Promise<void> {
    const authconfig = credentials ? { ...credentials, serveraddress: registryOf(image) } : await credentialsOf(image);
    const stream: NodeJS.ReadableStream = await this.#docker.pull(image, authconfig ? { authconfig } : {});
    const failed = await new Promise<string | undefined>((resolve, reject) => {
      this.#docker.modem.followProgress(stream, (error: Error | null, progress: Progress[]) =>
        error ? reject(error) : resolve(progress.find((step) => step.error !== undefined)?.error),
      );
    });
    if (failed !== undefined) throw new Error(failed);
  }
}
