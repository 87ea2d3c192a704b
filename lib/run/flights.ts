/** Work that one process does once at a time: those who ask for it meanwhile share one more turn. */
import { remembered } from '../store/remembered.ts';
import type { Table } from '../store/table.ts';

type Flight = { again: boolean; done: Promise<void> };

/** Work is told apart by its name, for each table. */
export class Flights {
  readonly #flightsOf = remembered<Flight>();

  /** Ends when a turn has ended that began after the call. */
  fly(table: Table, name: string, turn: () => Promise<void>): Promise<void> {
    const here = this.#flightsOf(table);
    const current = here.get(name);
    if (current) {
      current.again = true;
      return current.done;
    }
    const flight: Flight = { again: true, done: Promise.resolve() };
    here.set(name, flight);
    const fly = async () => {
      try {
        while (flight.again) {
          flight.again = false;
          await turn();
        }
      } finally {
        here.delete(name);
      }
    };
    flight.done = fly();
    return flight.done;
  }
}
