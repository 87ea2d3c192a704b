import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderOf } from '../../lib/machine/order.ts';
import { type Shape, shapeOf } from '../../lib/machine/shape.ts';
import { ancestorsOf, anyPipeline, comb, pipeline, task } from './pipelines.ts';

const idsIn = (shape: Shape): string[] =>
  shape.kind === 'task' ? [shape.task.id] : shape.parts.flatMap((part) => idsIn(part));

const written = (shape: Shape): string =>
  shape.kind === 'task' ? shape.task.id : `(${shape.parts.map(written).join(shape.kind === 'series' ? ' > ' : ' | ')})`;

const depth = (shape: Shape): number =>
  shape.kind === 'task' ? 0 : Math.max(...shape.parts.map(depth)) + (shape.kind === 'parallel' ? 1 : 0);

/** Pairs of which the first waits for the second because of the shape alone. */
function waits(shape: Shape): [string, string][] {
  if (shape.kind === 'task') return [];
  const inner = shape.parts.flatMap(waits);
  if (shape.kind === 'parallel') return inner;
  const across = shape.parts.flatMap((part, n) =>
    shape.parts
      .slice(0, n)
      .flatMap((earlier) => idsIn(part).flatMap((a) => idsIn(earlier).map((b) => [a, b] as const))),
  );
  return [...inner, ...across.map(([a, b]): [string, string] => [a, b])];
}

/** Whether the order can be written with series and parallel alone: no four tasks form an N (Valdes, Tarjan, Lawler). */
function isSeriesParallel(before: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const ids = [...before.keys()];
  const less = (a: string, b: string) => before.get(b)?.has(a) ?? false;
  const apart = (a: string, b: string) => !less(a, b) && !less(b, a);
  return !ids.some((a) =>
    ids.some(
      (c) =>
        less(a, c) &&
        ids.some(
          (d) => d !== c && less(a, d) && apart(c, d) && ids.some((b) => less(b, d) && apart(a, b) && apart(b, c)),
        ),
    ),
  );
}

describe('the shape of a pipeline', () => {
  const kinds = (shape: Shape): boolean =>
    shape.kind === 'task' || shape.parts.every((part) => part.kind !== shape.kind && kinds(part));

  it('holds every task once and never lets one wait for a task it does not depend on', () => {
    fc.assert(
      fc.property(anyPipeline(60), (config) => {
        const shape = shapeOf(orderOf(config));
        const before = ancestorsOf(config);
        expect(shape && idsIn(shape).sort()).toEqual(config.tasks.map((each) => each.id).sort());
        expect(shape && waits(shape).filter(([a, b]) => !before.get(a)?.has(b))).toEqual([]);
        expect(shape && kinds(shape)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is the whole order when series and parallel can say it: no gate has anything to wait for', () => {
    let plain = 0;
    fc.assert(
      fc.property(anyPipeline(12), (config) => {
        const before = ancestorsOf(config);
        if (!isSeriesParallel(before)) return;
        plain++;
        const shape = shapeOf(orderOf(config));
        const pairs = [...before].flatMap(([a, all]) => [...all].map((b) => `${a} after ${b}`));
        expect(
          shape &&
            waits(shape)
              .map(([a, b]) => `${a} after ${b}`)
              .sort(),
        ).toEqual(pairs.sort());
      }),
      { numRuns: 300 },
    );
    expect(plain).toBeGreaterThan(20);
  });

  it('keeps a module inside of an N together', () => {
    const config = pipeline(
      ...[task('a1'), task('a2'), task('a3', ['a1', 'a2'])],
      ...[task('b'), task('after-a', ['a3']), task('after-both', ['a3', 'b'])],
    );
    const shape = shapeOf(orderOf(config));
    expect(shape && written(shape)).toBe('(((a1 | a2) > a3 > after-a) | (b > after-both))');
  });

  it('nests no deeper than the pipeline does', () => {
    const shape = shapeOf(orderOf(comb(10)));
    expect(shape && depth(shape)).toBe(4);
  });
});
