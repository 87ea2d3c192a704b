import { describe, expect, it } from 'vitest';
import type { ScheduleInput, Schedules } from '../../lib/ports/schedules.ts';

export type SchedulesUnderTest = {
  readonly schedules: Schedules;
  /** All that is sent to the function `schedule` in the minute, a text such as `2026-11-05T03:00:00Z`. */
  readonly sentAt: (minute: string) => Promise<unknown[]>;
};

const input = (cron: string, uid = 'u1'): ScheduleInput => ({
  v: 1,
  namespace: 'default',
  pipeline: 'nightly',
  uid,
  cron,
});

/** What every implementation of the port `Schedules` does. */
export function describeSchedules(create: () => Promise<SchedulesUnderTest>) {
  describe('schedules', () => {
    it('send their input with the time that came, at that minute and no other', async () => {
      const { schedules, sentAt } = await create();
      await schedules.set('u1', [input('0 3 * * *')]);
      const [sent, ...others] = await sentAt('2026-11-05T03:00:00Z');
      expect(others).toEqual([]);
      expect(sent).toEqual({ ...input('0 3 * * *'), time: expect.any(String) });
      expect(Date.parse((sent as { time: string }).time)).toBe(Date.UTC(2026, 10, 5, 3));
      expect(await sentAt('2026-11-05T03:01:00Z')).toEqual([]);
    });

    it('are replaced by those that are set', async () => {
      const { schedules, sentAt } = await create();
      await schedules.set('u1', [input('0 3 * * *'), input('0 4 * * *'), input('0 5 1 * MON')]);
      await schedules.set('u1', [input('0 6 * * *')]);
      for (const hour of ['03', '04', '05']) expect(await sentAt(`2026-11-09T${hour}:00:00Z`)).toEqual([]);
      expect(await sentAt('2026-11-09T06:00:00Z')).toHaveLength(1);
    });

    it('are the same when the same is set again', async () => {
      const { schedules, sentAt } = await create();
      await schedules.set('u1', [input('0 3 * * *')]);
      await schedules.set('u1', [input('0 3 * * *')]);
      expect(await sentAt('2026-11-05T03:00:00Z')).toHaveLength(1);
    });

    it('are gone when none is set, and none of them is gone already', async () => {
      const { schedules, sentAt } = await create();
      await schedules.set('u1', [input('0 3 * * *')]);
      await schedules.set('u1', []);
      await schedules.set('u1', []);
      expect(await sentAt('2026-11-05T03:00:00Z')).toEqual([]);
    });

    it('of one pipeline leave those of another alone', async () => {
      const { schedules, sentAt } = await create();
      await schedules.set('u1', [input('0 3 * * *')]);
      await schedules.set('u2', [input('0 3 * * *', 'u2')]);
      await schedules.set('u1', []);
      expect(await sentAt('2026-11-05T03:00:00Z')).toEqual([expect.objectContaining({ uid: 'u2' })]);
    });

    it('come on days that either day field names', async () => {
      const { schedules, sentAt } = await create();
      await schedules.set('u1', [input('0 3 5 * MON')]);
      expect(await sentAt('2026-11-05T03:00:00Z')).toHaveLength(1);
      expect(await sentAt('2026-11-09T03:00:00Z')).toHaveLength(1);
      expect(await sentAt('2026-11-10T03:00:00Z')).toEqual([]);
    });
  });
}
