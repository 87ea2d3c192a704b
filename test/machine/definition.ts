/** Reads compiled definitions: what a test may ask of one. */
import type { MachineDefinition } from '../../lib/ports/machines.ts';

export type StateDefinition = {
  readonly Type: 'Task' | 'Parallel' | 'Pass';
  readonly Resource?: string;
  readonly Parameters?: { readonly Payload?: { readonly task?: string; readonly after?: string } };
  readonly Next?: string;
  readonly TimeoutSeconds?: number;
  readonly Branches?: readonly MachineDefinition[];
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly IntervalSeconds?: number;
    readonly MaxAttempts?: number;
  }[];
};

/** All states with their names, those in branches too. */
export const statesOf = ({ States: states }: Pick<MachineDefinition, 'States'>): [string, StateDefinition][] =>
  Object.entries(states as Readonly<Record<string, StateDefinition>>).flatMap(([name, state]) => [
    [name, state] as [string, StateDefinition],
    ...(state.Branches ?? []).flatMap(statesOf),
  ]);

/** The success path as text: `next a > a > fan 1[next b > b | next c > c] > finish run`. */
export function successPath(definition: MachineDefinition): string {
  const states = definition.States as Readonly<Record<string, StateDefinition>>;
  const steps: string[] = [];
  for (let name: string | undefined = definition.StartAt; name !== undefined; name = states[name]?.Next) {
    const branches = states[name]?.Branches;
    steps.push(branches ? `${name}[${branches.map(successPath).join(' | ')}]` : name);
  }
  return steps.join(' > ');
}

/** States that a run enters when all goes well. */
export const statesEntered = (definition: MachineDefinition): number =>
  successPath(definition).split(/ > | \| |\[/).length;

export const bytesOf = (definition: MachineDefinition): number => Buffer.byteLength(JSON.stringify(definition));
