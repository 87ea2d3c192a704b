/** Containers of extensions that something else keeps running: services of ECS on AWS. */

/** What one service runs, whole: whoever changes anything of it gives it anew. */
export type ServiceWork = {
  readonly id: string;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that are secrets: names of the port `Secrets` by names in the container. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Name of the secret with which its image is pulled. Absent: ECS knows the registry, or it asks nobody. */
  readonly registry?: string;
};

export type ServiceContainer = {
  readonly arn: string;
  readonly state: 'coming' | 'running' | 'stopped';
  /** Where it is reached while it runs. */
  readonly url: string;
  /** Why it has stopped, in words for people. */
  readonly reason?: string;
};

export interface ExtensionServices {
  /** Ids of the extensions that have a service. */
  list(): Promise<string[]>;
  /** Sees to it that the service runs this, and nothing else of the extension. Idempotent. */
  put(work: ServiceWork): Promise<void>;
  /** Its container stops by and by. One that is absent is removed already. */
  remove(id: string): Promise<void>;
  /** The newest of those that run this, and not what the service ran before. `undefined`: there is none. */
  container(work: ServiceWork): Promise<ServiceContainer | undefined>;
}
