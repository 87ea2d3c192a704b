/**
 * Containers: ECS tasks on AWS, Docker containers or processes on one machine.
 *
 * The core never starts one itself: the machine does (`ecs:runTask.sync`), with the request that `next` answered.
 * Words and shapes are those of ECS; one machine speaks them too.
 */

/** What overrides can't carry. Tasks alike share one definition: its name is made of all that is here. */
export type TaskDefinition = {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly architecture: 'x86_64' | 'arm64';
  /** Between SIGTERM and SIGKILL, in seconds. */
  readonly stopTimeout: number;
  /** Pull the image even when it is there (one machine; Fargate always pulls). */
  readonly alwaysPull: boolean;
  /** IAM role that the container has, by name or ARN (AWS). Absent: none. */
  readonly role?: string;
  /** Variables that are secrets: names of the port `Secrets` by names in the container. Absent: none. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Name of the secret with which its image is pulled. Absent: the registry asks nobody, or knows the machine. */
  readonly registry?: string;
};

/** A container as ECS describes it, cut to what the product reads. Times are epoch milliseconds. */
export type Container = {
  readonly arn: string;
  /** `<run>/<task>/<launch>`: see `task/group.ts`. */
  readonly group: string;
  readonly lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEPROVISIONING' | 'STOPPED';
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  /** Absent when the container never ran. */
  readonly exitCode?: number;
  /** ECS's `stopCode`: `EssentialContainerExited`, `UserInitiated`, `TaskFailedToStart`, `SpotInterruption`… */
  readonly stopCode?: string;
  /** The engine's own words. */
  readonly stoppedReason?: string;
};

export interface Containers {
  /** What `TaskDefinition` of a request names: made of the content, so it takes no call and is the same for ever. */
  nameOf(definition: TaskDefinition): string;
  /** Makes sure that the definition exists under its name, which it returns. Idempotent. */
  define(definition: TaskDefinition): Promise<string>;
  /** Removes a definition by its name. Containers that run go on; one that is unknown is removed already. */
  forget(name: string): Promise<void>;
  /** All containers of a run that exist, and those that stopped within about the last hour. May lag some seconds behind on AWS. */
  list(run: string): Promise<Container[]>;
  /** The same of every run, in one listing. */
  listAll(): Promise<Container[]>;
  /** SIGTERM, then SIGKILL after the definition's `stopTimeout`. Returns at once; one that stopped or is unknown is stopped already. */
  stop(arn: string, reason: string): Promise<void>;
}
