import { expect, test } from 'vitest';
import { launchLimits } from '../../lib/pipeline/limit.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';

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
