/** Schedules on one machine: a clock that looks at each minute once. */
import type { ScheduleInput, Schedules } from '../ports/schedules.ts';
import { comesAt, minuteOf } from '../schedule/next.ts';

const minute = 60_000;

/**
 * Minutes that a busy process was too slow for are made up for; those that it slept through are not, as cron does it.
 */
const catchesUp = 5;

export type LocalSchedules = Schedules & {
  /** Tells the time: fires for every expression that names a minute since the last tick. Resolves when all have been handled. */
  tick(now: number): Promise<void>;
};

export type ScheduleEvent = ScheduleInput & { readonly time: string };

/** `fire` is told each time that comes, and its failures are its own. Minutes up to and with `start` are over. */
export function createLocalSchedules(start: number, fire: (event: ScheduleEvent) => Promise<unknown>): LocalSchedules {
  const schedules = new Map<string, readonly ScheduleInput[]>();
  let last = minuteOf(start);
  return {
    async set(uid, inputs) {
      if (inputs.length) schedules.set(uid, inputs);
      else schedules.delete(uid);
    },
    async tick(now) {
      const current = minuteOf(now);
      const first = current - last > catchesUp * minute ? current : last + minute;
      last = current;
      const due: Promise<unknown>[] = [];
      for (let time = first; time <= current; time += minute)
        for (const input of [...schedules.values()].flat())
          if (comesAt(input.cron, time)) due.push(fire({ ...input, time: new Date(time).toISOString() }));
      await Promise.all(due);
    },
  };
}

/** Ticks soon after each minute begins. */
export function startClock(tick: (now: number) => Promise<void>): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    timer = setTimeout(
      () => {
        wait();
        void tick(Date.now());
      },
      minute - (Date.now() % minute),
    );
  };
  wait();
  return { stop: () => clearTimeout(timer) };
}
