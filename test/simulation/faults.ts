/** What may go wrong. Each seed has its own mix. */

/** Faults that the outcome must not show: with these alone, every status equals the reference. */
const soft = [
  'crash',
  'ghost',
  'throttle',
  'loss',
  'dup',
  'late',
  'stopfail',
  'skew',
  'twosweeps',
  /** Callers repeat a start that failed without saying that it is the same. */
  'nokey',
  /** The task definition is removed under a task that still runs. */
  'undefine',
  /** Spot capacity is taken back: neither an end nor an attempt. */
  'spot',
  /** One machine: the server is killed and started again; only the table and the containers survive. */
  'restart',
  /** For an hour or so AWS has room for no container, or for one. */
  'crowded',
  /** The installation lets one or two runs run at once, of all pipelines. */
  'narrow',
] as const;
/** Faults and requests that change what is right: stops, refusals, time-outs. */
const hard = ['refuse', 'server', 'die', 'cancel', 'cancelTask', 'hang', 'ptimeout'] as const;

export type Faults = Readonly<Record<(typeof soft)[number] | (typeof hard)[number], boolean>>;

/** Two seeds of five meet soft faults only. */
export function faultsOf(seed: number, random: () => number): Faults {
  const chosen = (names: readonly string[], on: boolean) =>
    Object.fromEntries(names.map((name) => [name, random() < (name === 'cancel' || name === 'die' ? 0.3 : 0.5) && on]));
  return { ...chosen(soft, true), ...chosen(hard, seed % 5 >= 2) } as Faults;
}

export const isSoft = (faults: Faults) => hard.every((name) => !faults[name]);
