import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Reached, readPosition, writePosition } from '../../lib/logs/run-position.ts';

const tasksOf = (count: number) => Array.from({ length: count }, (_, i) => `task-${i}`);

const reached: fc.Arbitrary<Reached | undefined> = fc.oneof(
  fc.constantFrom(undefined, 'end' as const),
  fc.record({ launch: fc.integer({ min: 1, max: 1000 }) }),
  fc.record({ launch: fc.integer({ min: 1, max: 1000 }), after: fc.stringMatching(/^\d{1,15}(-\d{8})?$/) }),
);

test('reads back as it was', () => {
  fc.assert(
    fc.property(fc.array(reached, { minLength: 1, maxLength: 60 }), (states) => {
      const tasks = tasksOf(states.length);
      const position = new Map(tasks.flatMap((task, i) => (states[i] ? [[task, states[i]] as const] : [])));
      const text = writePosition(position, tasks);
      expect(text).toMatch(/^[\w.~-]*$/);
      expect(readPosition(text, tasks)).toEqual(position);
    }),
  );
});

test('fits into a header, with as many logs as are read at once in the largest of runs', () => {
  const tasks = tasksOf(800);
  const live = tasks.slice(0, 120).map((task) => [task, { launch: 3, after: '1758000000000-00000003' }] as const);
  const position = new Map<string, Reached>([...live, ...tasks.slice(120).map((task) => [task, 'end'] as const)]);
  expect(writePosition(position, tasks).length).toBeLessThan(4_500);
});

test.each(['', 'yesterday', 'AA~9.1.4', 'AA~x', 'AA~0..4', 'AAA~0.1.4'])('%j is no place in a run of three', (text) => {
  expect(() => readPosition(text, tasksOf(3))).toThrow(`Last-Event-ID "${text}" is no place in the logs of this run`);
});
