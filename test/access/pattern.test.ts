import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../lib/access/pattern.ts';

const matches = (pattern: string, text: string) => compilePattern(pattern).matches(text);

test.each([
  ['dev', 'my-dev-x', true],
  ['^dev.*', 'dev-1', true],
  ['^dev.*', 'my-dev', false],
  ['^dev$', 'dev', true],
  ['^dev$', 'dev-1', false],
  ['', 'anything', true],
  ['^(team|crew)-[a-c]{2,3}$', 'crew-abc', true],
  ['^(team|crew)-[a-c]{2,3}$', 'crew-a', false],
  ['^[^0-9]+?$', 'abc', true],
  ['^\\w+\\.\\d$', 'a_b.7', true],
  ['^[\\]\\-x]$', '-', true],
])('%s on %s: %s', (pattern, text, fits) => {
  expect(matches(pattern, text)).toBe(fits);
});

/** Patterns of everything that is understood. */
const anyPattern: fc.Arbitrary<string> = fc
  .letrec<{ choice: string; sequence: string; repeated: string; one: string }>((tie) => ({
    choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((ways) => ways.join('|')),
    sequence: fc.array(tie('repeated'), { maxLength: 3 }).map((parts) => parts.join('')),
    repeated: fc
      .tuple(tie('one'), fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
      .map(([one, count]) => one + count),
    one: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom('a', 'b', '-', '.', '[ab]', '[^a]', '[a-c-]', '\\d', '\\W', '\\.'),
      tie('choice').map((inner) => `(${inner})`),
      tie('choice').map((inner) => `(?:${inner})`),
    ),
  }))
  .choice.filter((pattern) => pattern.length <= 250);
const anyText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '.', '1'), maxLength: 6 });

test('means what JavaScript’s own expression means', () => {
  fc.assert(
    fc.property(anyPattern, fc.boolean(), anyText, (inner, anchored, text) => {
      const pattern = anchored ? `^(${inner})$` : inner;
      expect(matches(pattern, text)).toBe(new RegExp(pattern).test(text));
    }),
    { numRuns: 400 },
  );
});

test('takes expressions that bring others to their knees, without delay', () => {
  // An expression that tries one way after the other would outlive this test by ages.
  for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(.*a){12}$', '(x+x+)+y'])
    expect(matches(pattern, `${'a'.repeat(500)}${'x'.repeat(500)}!`)).toBe(false);
});

describe('refuses', () => {
  test.each([
    ['(a', 'a ) is missing'],
    ['a)', 'closes nothing'],
    ['[a', 'a ] is missing'],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat'],
    ['a{2,1}', 'not a count'],
    ['a{1000}', 'not a count'],
    ['a{x}', 'neither {2} nor {2,5}'],
    ['((a{100}){100}){100}', 'too large'],
    ['(?=a)', 'only (?: is known'],
    ['(?i)a', 'only (?: is known'],
    ['(a)\\1', '\\1 is not known'],
    ['\\p{L}', '\\p is not known'],
    ['a\\', 'nothing follows'],
    ['[z-a]', 'no order'],
    ['a'.repeat(257), '256 are allowed'],
    ['('.repeat(30) + ')'.repeat(30), 'more than 20 groups'],
  ])('%s', (pattern, why) => {
    expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ status: 400 }));
    expect(() => compilePattern(pattern)).toThrow(why);
  });
});
