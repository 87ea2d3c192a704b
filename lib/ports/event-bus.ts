/**
 * Where the product's events go besides the table, for other programs to act on: a bus of EventBridge on AWS, nowhere on
 * one machine. Best effort, and maybe twice under the same id: the table has them all.
 */
import type { EventKind } from '../events/kind.ts';

export type PublishedEvent = { readonly id: string; readonly emitted: number; readonly kind: EventKind };

export interface EventBus {
  /** Hands the event on and returns at once. Never throws. */
  publish(event: PublishedEvent): void;
}
