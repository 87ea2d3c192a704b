import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { versionRefusal } from '../../lib/cli/node-version.ts';

test.each(['22.18.0', '22.19.1', '23.6.0', '24.0.0', '24.21.0', '26.1.0'])('Node.js %s runs Gofer', (version) => {
  expect(versionRefusal(version)).toBeUndefined();
});

test.each(['12.22.12', '20.20.2', '21.7.3', '22.0.0', '22.14.0', '22.17.1'])(
  'Node.js %s is refused in one line',
  (version) => {
    expect(versionRefusal(version)).toBe(`gofer needs Node.js 22.18 or newer; this is ${version}`);
  },
);

test('of Node.js 23, the versions before 23.6 are refused', () => {
  expect(versionRefusal('23.5.0')).toBe('gofer needs Node.js 22.18 or newer, or 23.6 of 23; this is 23.5.0');
});

test('the package asks for the same', async () => {
  const { engines } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(engines).toEqual({ node: '^22.18.0 || >=23.6.0' });
});
