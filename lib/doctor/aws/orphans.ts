/** What was made at run time against what the table knows, both ways. */
import { fail, ok, type Verdict, warn } from '../check.ts';

export type Inventory = {
  /** Every registered version, with the names of what it needs. */
  readonly versions: readonly {
    readonly namespace: string;
    readonly pipeline: string;
    readonly version: number;
    /** Runs use it. */
    readonly live: boolean;
    readonly machine?: string;
    /** Families of its task definitions. */
    readonly families: readonly string[];
  }[];
  /** Machines and task definitions of this installation that exist. */
  readonly machines: readonly string[];
  readonly families: readonly string[];
  /**
   * Those of them that the table doesn't know, not even as waiting for their removal or an extension's; task definitions with the newest
   * revision that is there: `gofer-1a2b:3`.
   */
  readonly unknown: { readonly machines: readonly string[]; readonly definitions: readonly string[] };
  /** Containers that live; `expected`: their run goes on. */
  readonly containers: readonly { readonly arn: string; readonly createdAt: number; readonly expected: boolean }[];
  readonly statesArn: string;
  readonly clusterArn: string;
  /** Epoch milliseconds. */
  readonly now: number;
};

/** The sweep stops a container that nobody expects within minutes; what is older it has missed. */
const patience = 10 * 60_000;

export function judgeOrphans(inventory: Inventory): readonly Verdict[] {
  const verdicts = [...missing(inventory), ...strays(inventory), ...leftovers(inventory)];
  const { machines, families } = inventory;
  return verdicts.length
    ? verdicts
    : [ok(`${machines.length} machines and ${families.length} task definitions, each of a registered version`)];
}

/** Live versions that can't run. */
function missing({ versions, machines, families }: Inventory): Verdict[] {
  const [machinesThere, familiesThere] = [new Set(machines), new Set(families)];
  return versions
    .filter(({ live }) => live)
    .flatMap(({ namespace, pipeline, version, machine, families: needed }) => {
      const gone = needed.filter((family) => !familiesThere.has(family));
      const lacks = [
        ...(machine && machinesThere.has(machine) ? [] : ['its machine']),
        ...(gone.length ? [`${gone.length} of its ${needed.length} task definitions`] : []),
      ];
      if (lacks.length === 0) return [];
      const deploy = `gofer pipeline config deploy ${pipeline} ${version} --namespace ${namespace}`;
      return [fail(`version ${version} of ${namespace}/${pipeline} is live without ${lacks.join(' and ')}`, deploy)];
    });
}

function strays({ containers, clusterArn, now }: Inventory): Verdict[] {
  const forgotten = containers.filter(({ expected, createdAt }) => !expected && now - createdAt > patience);
  const [first] = forgotten;
  if (!first) return [];
  return [
    warn(
      `${forgotten.length} running ${forgotten.length === 1 ? 'task belongs' : 'tasks belong'} to no run: the sweep should have stopped them`,
      `see the alarm of the sweep; stop one: aws ecs stop-task --cluster ${clusterArn} --task ${first.arn}`,
    ),
  ];
}

/** They cost nothing, but they count against the account's limits. */
function leftovers({ unknown, statesArn }: Inventory): Verdict[] {
  const [machine] = unknown.machines;
  const [definition] = unknown.definitions;
  return [
    ...(machine
      ? [
          warn(
            `${unknown.machines.length} state machines belong to no version: ${some(unknown.machines)}`,
            `delete one: aws stepfunctions delete-state-machine --state-machine-arn ${statesArn}:stateMachine:${machine}`,
          ),
        ]
      : []),
    ...(definition
      ? [
          warn(
            `${unknown.definitions.length} task definitions belong to no version: ${some(unknown.definitions)}`,
            `deregister one: aws ecs deregister-task-definition --task-definition ${definition}`,
          ),
        ]
      : []),
  ];
}

/** Names shown before it says "and more". */
const shown = 3;

const some = (names: readonly string[]): string =>
  names.slice(0, shown).join(', ') + (names.length > shown ? ` and ${names.length - shown} more` : '');
