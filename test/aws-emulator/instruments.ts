/** What the emulator tells and is told beside AWS's own APIs: see `instruments/`. */
import type { Emulator } from './emulator.ts';

export type Delivery = {
  /** How often each event is delivered. */
  readonly copies?: number;
  /** The part of all events that nobody gets. */
  readonly lost?: number;
  /** Seconds that an event is late at most: so they overtake each other. */
  readonly delay?: number;
};

export type Metered = {
  readonly invocations: Readonly<Record<string, number>>;
  /** By table. */
  readonly writeUnits: Readonly<Record<string, number>>;
  /** States entered, those within a Parallel too. */
  readonly transitions: number;
};

async function ask<T>({ url }: Emulator, path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(`${url}/_test/${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** How events of ECS and Step Functions are delivered from now on. */
export const setDelivery = (emulator: Emulator, delivery: Delivery) =>
  ask(emulator, 'delivery', { method: 'PUT', body: JSON.stringify(delivery) });

/** Since `setDelivery`. */
export const delivered = (emulator: Emulator) =>
  ask<{ readonly delivered: number; readonly lost: number }>(emulator, 'delivery');

export const resetMeter = (emulator: Emulator) => ask<Metered>(emulator, 'meter', { method: 'DELETE' });
export const readMeter = (emulator: Emulator) => ask<Metered>(emulator, 'meter');
