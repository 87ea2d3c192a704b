/** Hands lost events to the functions that should have had them. A message goes only after its function has taken it. */
import { type Message, readMessage } from './message.ts';

export interface LostQueue {
  /** Some messages, which nobody else gets meanwhile; none: the queue is empty. */
  receive(): Promise<Message[]>;
  remove(message: Message): Promise<void>;
  /** Gives a message back. */
  release(message: Message): Promise<void>;
}

export interface Functions {
  /** Waits for the function's answer; a string is its error. */
  invoke(name: string, payload: string): Promise<string | undefined>;
}

/** Functions of the installation: events for others are left alone. */
export type KnownFunctions = {
  readonly names: ReadonlySet<string>;
  /** It runs every minute anyway: an event that it missed needs no repeating. */
  readonly sweep: string | undefined;
};

/** `ready`: a dry run found nothing against it. `needless`: it goes from the queue without having been delivered. */
export type Outcome = 'delivered' | 'ready' | 'needless' | 'failed' | 'refused';

export type Redriven = {
  readonly message: string;
  readonly outcome: Outcome;
  readonly function?: string;
  readonly about?: string;
  /** Why it was lost. */
  readonly lost?: string;
  /** Why it was not delivered. */
  readonly problem?: string;
};

export type Redrive = {
  readonly queue: LostQueue;
  readonly functions: Functions;
  readonly known: KnownFunctions;
  /** Changes nothing. */
  readonly dryRun: boolean;
};

/**
 * One entry a message, in the queue's order. Handlers take an event twice and late, so a redrive that died between the
 * function's answer and the message's removal is simply done again.
 */
export async function* redrive({ queue, functions, known, dryRun }: Redrive): AsyncGenerator<Redriven> {
  const held = new Map<string, Message>();
  const seen = new Set<string>();
  try {
    for (let messages = await queue.receive(); messages.length; messages = await queue.receive()) {
      for (const message of messages) held.set(message.id, message);
      // Messages that were kept have come back: nothing new is left.
      if (messages.every(({ id }) => seen.has(id))) return;
      for (const message of messages) {
        if (seen.has(message.id)) continue;
        seen.add(message.id);
        const redriven = await handOver(message, functions, known, dryRun);
        if (redriven.outcome === 'delivered' || (redriven.outcome === 'needless' && !dryRun)) {
          await queue.remove(message);
          held.delete(message.id);
        }
        yield redriven;
      }
    }
  } finally {
    await Promise.all([...held.values()].map((message) => queue.release(message)));
  }
}

async function handOver(
  message: Message,
  functions: Functions,
  { names, sweep }: KnownFunctions,
  dryRun: boolean,
): Promise<Redriven> {
  const lost = readMessage(message);
  if (typeof lost === 'string') return { message: message.id, outcome: 'refused', problem: lost };
  const { functionName, payload, about, reason, request } = lost;
  const facts = { message: message.id, function: functionName, about, lost: reason };
  if (!names.has(functionName))
    return { ...facts, outcome: 'refused', problem: `${functionName} is no function of this stack` };
  if (functionName === sweep) return { ...facts, outcome: 'needless', problem: 'the sweep runs every minute' };
  // Answered now, it might do what has been undone since.
  if (request) return { ...facts, outcome: 'needless', problem: 'CloudFormation has stopped waiting for it' };
  if (dryRun) return { ...facts, outcome: 'ready' };
  const problem = await functions.invoke(functionName, payload);
  return problem === undefined ? { ...facts, outcome: 'delivered' } : { ...facts, outcome: 'failed', problem };
}
