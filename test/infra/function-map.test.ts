import { SourceMap } from 'node:module';
import { encode } from '@jridgewell/sourcemap-codec';
import { expect, test } from 'vitest';
import { mapOfOwnCode } from '../../lib/infra/function-map.ts';

/** One line: a package until column 20, own code until 50, two stretches of packages until 80, own code again. */
const bundled = JSON.stringify({
  version: 3,
  sources: ['../node_modules/one/index.js', '../lib/next.ts', '../node_modules/two/index.js', '../lib/finish.ts'],
  names: ['packed', 'finish'],
  mappings: encode([
    [
      [0, 0, 0, 0],
      [10, 0, 5, 0, 0],
      [20, 1, 7, 2],
      [50, 2, 1, 1],
      [60, 0, 9, 9],
      [80, 3, 3, 4, 1],
    ],
  ]),
});
const own = mapOfOwnCode(bundled, (source) => source.replace('../', ''));
const at = (column: number) => {
  const found = new SourceMap(JSON.parse(own)).findEntry(0, column);
  return 'originalSource' in found ? found : undefined;
};

test('own code is found where it was written', () => {
  expect(at(25)).toMatchObject({ originalSource: 'lib/next.ts', originalLine: 7, originalColumn: 2 });
  expect(at(90)).toMatchObject({ originalSource: 'lib/finish.ts', originalLine: 3, originalColumn: 4, name: 'finish' });
});

test.each([5, 15, 55, 70])('code of packages at column %i is nobody else’s', (column) => {
  expect(at(column)?.originalSource).toBeUndefined();
});

test('nothing else is in it', () => {
  expect(JSON.parse(own)).toMatchObject({ version: 3, sources: ['lib/next.ts', 'lib/finish.ts'], names: ['finish'] });
  expect(own).not.toContain('node_modules');
});
