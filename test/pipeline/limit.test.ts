import { expect, test } from 'vitest';
import { launchLimits, longestNumber } from '../../lib/pipeline/limit.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';
import { checkOverrides } from '../../lib/run/precondition.ts';

const withCommand = (length: number) =>
  checkPipeline({ id: 'build', tasks: [{ id: 'one', image: 'busybox', command: ['x'.repeat(length)] }] });

test('command and variables of a launch fit into 8,192 characters', () => {
  expect(launchLimits(withCommand(7000))).toEqual([]);
  expect(launchLimits(withCommand(9000))).toMatchObject([
    {
      path: 'tasks[0]',
      message: expect.stringMatching(/^task "one": command and variables take 9\d{3} characters; AWS allows 8192$/),
    },
  ]);
});

test.each([
  ['', {}, {}],
  [' that is given a token', { inject_api_token: true }, {}],
  [' of a size', { cpu: 1024 }, {}],
  [' of a size that the installation gives', {}, { size: { cpu: 16_384, memory: 122_880 } }],
])('a task%s that may be registered may be run, however near to the limit', (_, fields, defaults) => {
  const of = (length: number) =>
    checkPipeline({ id: 'build', tasks: [{ id: 'one', image: 'busybox', command: ['x'.repeat(length)], ...fields }] });
  const lengths = Array.from({ length: 1000 }, (_, i) => 8192 - i);
  const length = lengths.find((each) => launchLimits(of(each), defaults).length === 0) ?? 0;
  expect(length).toBeGreaterThan(7_500);
  const run = { namespace: 'a'.repeat(32), pipeline: 'build', number: longestNumber, variables: {} };
  expect(() => checkOverrides(of(length), run, defaults)).not.toThrow();
  expect(() => checkOverrides(of(length + 1), run, defaults)).toThrow('AWS allows 8192');
});
