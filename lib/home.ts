/** Where the product runs: everything that its functions get from outside. AWS and one machine each make one. */
import type { ExtensionHost } from './extension/host.ts';
import type { Attach } from './ports/attach.ts';
import type { BootstrapCode } from './ports/bootstrap-code.ts';
import type { Containers } from './ports/containers.ts';
import type { EventBus } from './ports/event-bus.ts';
import type { Logs } from './ports/logs.ts';
import type { Machines } from './ports/machines.ts';
import type { Objects } from './ports/objects.ts';
import type { Schedules } from './ports/schedules.ts';
import type { Secrets } from './ports/secrets.ts';
import type { Table } from './store/table.ts';

export type Home = {
  readonly table: Table;
  readonly machines: Machines;
  readonly containers: Containers;
  readonly logs: Logs;
  readonly schedules: Schedules;
  readonly objects: Objects;
  readonly secrets: Secrets;
  /** Absent: nobody may attach to containers, which is the default, or there are none. */
  readonly attach?: Attach;
  /** Where containers reach the API, without a slash at its end. Absent: they are not told. */
  readonly apiBaseUrl?: () => Promise<string>;
  /** Absent: the events are in the table only. */
  readonly bus?: EventBus;
  /** Absent: the first token is given to whoever asks first. */
  readonly bootstrapCode?: BootstrapCode;
  /** Absent: extensions can't run here. */
  readonly extensions?: ExtensionHost;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A number in [0, 1), for ids and jitter. */
  readonly random: () => number;
  /**
   * Runs work that an answer need not wait for. One machine goes on after it has answered; a function on AWS sleeps then,
   * so there it is awaited. The sweep repairs what is lost in between.
   */
  readonly afterwards: (work: () => Promise<void>) => Promise<void>;
  readonly settings: Settings;
};

/** What an installation may set. Durations are seconds. */
export type Settings = TaskDefaults & {
  /** `aws` refuses what AWS can't run; `local` warns. */
  readonly kind: 'aws' | 'local';
  /** Goes into each execution's input: the compiled states find their functions and the cluster there. */
  readonly network: Readonly<Record<string, unknown>>;
  readonly cluster: string;
  readonly nextFunction: string;
  readonly finishFunction: string;
  readonly capacity: readonly { readonly CapacityProvider: string; readonly Weight: number }[];
  /** How long a row may be without news before the sweep asks about it: events and calls in flight need their time. AWS 120. */
  readonly quiet: number;
  /** What containers may be given of IAM. Absent: they run on one machine, where there is none. */
  readonly taskRoles?: TaskRoles;
  readonly retention?: Retention;
};

/** For how long things of a pipeline are kept. */
export type Retention = {
  /** Objects of a pipeline; the oldest makes room for the next. Default 50. */
  readonly pipelineObjects?: number;
  /** The objects of a run are kept until so many further runs are over. Default 2. */
  readonly runObjects?: number;
  /** The same for its logs. Absent: they don't expire by runs. */
  readonly runLogs?: number;
};

/** The IAM roles that pipelines of the API may name. */
export type TaskRoles = {
  /** Where a role lies that is written by its name: `arn:aws:iam::123456789012:role`. */
  readonly account: string;
  /** Names or ARNs; one that ends with `*` means all that begin so. */
  readonly allowed: readonly string[];
};

/** What holds for tasks that don't say. */
export type TaskDefaults = {
  /** A task without `timeout` may run this long. */
  readonly defaultTimeout: number;
  /** No task may ask for a longer `timeout`. Absent: a week, as for everybody. */
  readonly maxTimeout?: number;
  /** Absent: the smallest that Fargate has. */
  readonly size?: { readonly cpu: number; readonly memory: number };
  /** Default x86_64. */
  readonly architecture?: 'x86_64' | 'arm64';
  /** The role that ECS Exec needs, which containers have that name no other. Absent: nobody attaches to them. */
  readonly attachRole?: string;
};
