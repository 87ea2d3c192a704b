/** What Step Functions would refuse or end. One machine warns, AWS refuses; single launches are checked in `pipeline/limit.ts`. */
import type { PipelineConfig } from '../pipeline/config.ts';
import type { Problem } from '../pipeline/problem.ts';
import type { MachineDefinition } from '../ports/machines.ts';

export type LimitProblem = Problem & {
  readonly limit: 'definition' | 'history' | 'retries';
  readonly value: number;
  readonly max: number;
};

/** Bytes of a state machine's definition. */
export const largestDefinition = 1_048_576;
/** Events of one execution; over it Step Functions ends it. */
export const longestHistory = 25_000;
/** Share of the history that a run without retries must leave: to gates that ask again, throttled launches, lost answers. */
const reserve = 0.2;

/** History events: six for a state that waits for an answer, six for a container. */
const eventsOf = {
  task: 12,
  fan: 4,
  /** Start and end of the execution, and `finish run`. */
  run: 8,
  /** A failed container, and a gate that answers *again* before it answers *run*. */
  retry: 16,
  /** A launch that started nothing, and a gate that is entered again and may ask twice. */
  refusal: 15,
} as const;

/** Launches that may start nothing in one run of these tasks, before a history with all its retries would be full. */
export function affordableRefusals({ tasks }: Pick<PipelineConfig, 'tasks'>): number {
  // Most fans have several branches; what is left of the estimate is the reserve.
  const planned = eventsOf.run + tasks.length * (eventsOf.task + eventsOf.fan / 2) + retriesOf(tasks) * eventsOf.retry;
  return Math.max(longestHistory * reserve * reserve, longestHistory - planned) / eventsOf.refusal;
}

const retriesOf = (tasks: PipelineConfig['tasks']) =>
  tasks.reduce((sum, { retry }) => sum + (retry?.attempts ?? 1) - 1, 0);

/** All limits that the config breaks, each with its number. */
export function machineLimits(config: PipelineConfig, definition: MachineDefinition): LimitProblem[] {
  return [...definitionLimit(config, definition), ...historyLimits(config, definition)];
}

function definitionLimit({ tasks }: PipelineConfig, definition: MachineDefinition): LimitProblem[] {
  const value = new TextEncoder().encode(JSON.stringify(definition)).length;
  const max = largestDefinition;
  if (value <= max) return [];
  const fitting = Math.floor((tasks.length * max) / value);
  const message = `${tasks.length} tasks make a state machine of ${count(value)} bytes; Step Functions allows ${count(max)}`;
  const suggestion = `split the pipeline: about ${count(fitting)} tasks like these fit; short ids and fewer retry attempts help`;
  return [{ limit: 'definition', path: 'tasks', message, suggestion, value, max }];
}

function historyLimits({ tasks }: PipelineConfig, definition: MachineDefinition): LimitProblem[] {
  const events = eventsOf.run + tasks.length * eventsOf.task + fansIn(definition) * eventsOf.fan;
  const retries = retriesOf(tasks);
  const withRetries = events + retries * eventsOf.retry;
  const max = longestHistory * (1 - reserve);
  if (events > max) {
    const message = `a run of ${count(tasks.length)} tasks writes ${count(events)} history events; Step Functions ends it at ${count(longestHistory)}, of which a fifth is kept for the unforeseen`;
    const fitting = Math.floor((tasks.length * max) / events);
    const suggestion = `split the pipeline: about ${count(fitting)} tasks fit`;
    return [{ limit: 'history', path: 'tasks', message, suggestion, value: events, max }];
  }
  if (withRetries <= longestHistory) return [];
  const message = `with all ${count(retries)} retries a run writes ${count(withRetries)} history events; Step Functions ends it at ${count(longestHistory)}`;
  const affordable = Math.floor((longestHistory - events) / eventsOf.retry);
  const suggestion = `lower "attempts": ${count(affordable)} retries fit, over all tasks`;
  return [{ limit: 'retries', path: 'tasks', message, suggestion, value: withRetries, max: longestHistory }];
}

function fansIn({ States: states }: Pick<MachineDefinition, 'States'>): number {
  return Object.values(states).reduce((sum: number, state) => {
    const branches = branchesOf(state);
    return sum + (branches ? 1 + branches.reduce((inner, branch) => inner + fansIn(branch), 0) : 0);
  }, 0);
}

/** The branches of a Parallel; `undefined` for every other state. */
function branchesOf(state: unknown): readonly MachineDefinition[] | undefined {
  return typeof state === 'object' && state !== null && 'Branches' in state
    ? (state.Branches as readonly MachineDefinition[])
    : undefined;
}

const count = (n: number): string => n.toLocaleString('en-US');
