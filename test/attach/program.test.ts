import { expect, test } from 'vitest';
import { programOf } from '../../lib/attach/program.ts';

test.each([
  ['sh', ['sh']],
  ['  ls   -la /tmp ', ['ls', '-la', '/tmp']],
  [`sh -c 'echo "$HOME"'`, ['sh', '-c', 'echo "$HOME"']],
  ['grep "two words" file', ['grep', 'two words', 'file']],
  ['echo a\\ b', ['echo', 'a b']],
  [`echo ''`, ['echo', '']],
  [`say it'"'s`, ['say', `it"s`]],
])('%s', (command, words) => {
  expect(programOf(command)).toEqual(words);
});

test.each([
  ['   ', 'query command is empty; give a program that the image has, for example: sh'],
  [`sh -c 'echo`, `query command: sh -c 'echo has a ' that is never closed`],
  ['x'.repeat(3000), 'query command has 3000 characters; allowed are 2048'],
])('%.20s is refused', (command, message) => {
  expect(() => programOf(command)).toThrow(message);
});
