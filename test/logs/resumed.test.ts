/** A reader that comes back in the middle of a log: a secret that began before its place is taken out all the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { FileLogs, logPath } from '../../lib/local/logs/logs.ts';
import { Records } from '../../lib/local/logs/record.ts';
import { LogWriter } from '../../lib/local/logs/writer.ts';
import { Masks } from '../../lib/logs/mask.ts';
import { readMasked } from '../../lib/logs/masked.ts';
import { collect, texts } from '../ports/logs.contract.ts';

type Line = { readonly text: string; readonly source: 'stdout' | 'stderr' };

const letters = fc.constantFrom(...'abcXYZ019-_/+=% ');
const secrets = fc.array(fc.string({ minLength: 4, maxLength: 200, unit: letters }), { minLength: 1, maxLength: 3 });

/** What programs print of these secrets: wrapped at any width, as it is or as base64, among other lines. */
const linesOf = (values: readonly string[]): fc.Arbitrary<Line[]> => {
  const source = fc.constantFrom('stdout' as const, 'stderr' as const);
  const other = fc.record({ text: fc.string({ maxLength: 12, unit: letters }), source }).map((line) => [line]);
  const printed = fc
    .record({ value: fc.constantFrom(...values), encode: fc.boolean(), width: fc.integer({ min: 1, max: 90 }), source })
    .map(({ value, encode, width, source }) => {
      const text = encode ? Buffer.from(value).toString('base64') : value;
      return Array.from({ length: Math.ceil(text.length / width) }, (_, i) => ({
        text: text.slice(i * width, (i + 1) * width),
        source,
      }));
    });
  return fc.array(fc.oneof(other, printed), { minLength: 1, maxLength: 4 }).map((parts) => parts.flat());
};

test('whatever is printed and wherever it is taken up: the rest is that of the whole', async () => {
  const data = await mkdtemp(join(tmpdir(), 'gofer-resumed-'));
  onTestFinished(() => rm(data, { recursive: true }));
  const logs = new FileLogs(data);
  let launch = 0;
  const logOf = fc
    .tuple(secrets)
    .chain(([values]) => fc.record({ values: fc.constant(values), lines: linesOf(values) }));
  await fc.assert(
    fc.asyncProperty(logOf, async ({ values, lines }) => {
      const stream = { run: 'a1_1', task: 'build', launch: ++launch };
      const records = new Records();
      for (const { text, source } of lines) records.line(0, source, Buffer.from(text), true);
      const writer = await LogWriter.open(logPath(data, `a1_1/build/${launch}`));
      await writer?.write(records.take());
      await writer?.end(0);
      const read = (after?: string) =>
        collect(readMasked(logs, stream, { ...(after && { after }) }, async () => ({ masks: new Masks(values) })));
      const whole = await read();
      for (const [k, { id }] of whole.entries()) {
        const rest = await read(id);
        expect(rest.map((line) => line.id)).toEqual(whole.slice(k + 1).map((line) => line.id));
        expect(texts(rest)).toEqual(texts(whole.slice(k + 1)));
      }
    }),
    { numRuns: 60 },
  );
});

test('where nothing is hidden, nothing is read twice', async () => {
  const asked: boolean[] = [];
  const logs = {
    async *read(_: unknown, { past }: { past?: unknown } = {}) {
      asked.push(past !== undefined);
      yield* [];
    },
    remove: async () => {},
  };
  const stream = { run: 'a1_1', task: 'build', launch: 1 };
  for (const values of [[], ['a secret']])
    await collect(readMasked(logs, stream, { after: '1' }, async () => ({ masks: new Masks(values) })));
  expect(asked).toEqual([false, true]);
});
