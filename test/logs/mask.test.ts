/** What of a secret is left in log lines: nothing, however it is written and wherever it is cut. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Masker, Masks } from '../../lib/logs/mask.ts';
import { formsOf } from '../../lib/logs/secret-forms.ts';

/** Lines as a stream of them is masked. */
function masked(secrets: readonly string[], lines: readonly string[]): string[] {
  const masker = new Masker(new Masks(secrets));
  return lines.map((line) => Buffer.from(masker.mask(Buffer.from(line))).toString());
}

const secret = 'p4ss/w+rd & "x" é';

describe('a secret is taken out', () => {
  test.each([
    ['as it is', `begin ${secret} end`],
    ['at the beginning', `${secret} end`],
    ['at the end', `begin ${secret}`],
    ['twice', `${secret}${secret}`],
    ['in JSON', `begin ${JSON.stringify(secret).slice(1, -1)} end`],
    ['in an address', `begin ${encodeURIComponent(secret)} end`],
    ['in JSON of Go', 'begin p4ss/w+rd \\u0026 \\"x\\" é end'],
    ['in JSON of Python', 'begin p4ss/w+rd & \\"x\\" \\u00e9 end'],
    ['in JSON of PHP', 'begin p4ss\\/w+rd & \\"x\\" \\u00e9 end'],
    ['in JSON of PHP, unescaped', 'begin p4ss\\/w+rd & \\"x\\" é end'],
    [
      'in an address with small digits',
      `begin ${encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())} end`,
    ],
    ['in a form', `begin ${new URLSearchParams({ '': secret }).toString().slice(1)} end`],
    ['in base64', `begin ${Buffer.from(secret).toString('base64')} end`],
    ['in base64 for addresses', `begin ${Buffer.from(secret).toString('base64url')} end`],
    ['in base64, printed by echo', `begin ${Buffer.from(`${secret}\n`).toString('base64')} end`],
  ])('%s', (_, line) => {
    const [shown = ''] = masked([secret], [line]);
    expect(shown.replace('begin ', '').replace(' end', '')).toBe('***');
  });

  test.each([
    ['Go, brackets and separators', '<a>\u2028b\u2029', '\\u003ca\\u003e\\u2028b\\u2029'],
    ['Python, halves of a character', 'key-😀', 'key-\\ud83d\\ude00'],
  ])('in JSON of %s', (_, value, line) => {
    expect(masked([value], [`"${line}"`])).toEqual(['"***"']);
  });

  test('a secret that all of JSON writes alike is searched for once', () => {
    const texts = formsOf('correct-horse').map((form) => Buffer.from(form).toString());
    expect(texts.filter((text) => text.startsWith('correct'))).toEqual(['correct-horse']);
  });

  test.each([0, 1, 2])('in base64 of something longer, %i bytes in', (before) => {
    const line = Buffer.from(`${'u'.repeat(before)}${secret}:rest`).toString('base64');
    const [shown = ''] = masked([secret], [line]);
    expect(shown).toContain('***');
    // What is left tells nothing but what stood around it.
    for (const rest of shown.split('***')) expect(Buffer.from(rest, 'base64').toString()).not.toContain('p4s');
    expect(shown.length).toBeLessThan(line.length - Math.floor((Buffer.from(secret).length * 8) / 6) + 6);
  });
});

describe('over lines', () => {
  const key = [
    '-----BEGIN KEY-----',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
    'BKcwggSjAgEAAoIBAQC7',
    '-----END KEY-----',
  ].join('\n');

  test('a secret of several is taken out of each', () => {
    expect(masked([key], ['before', ...key.split('\n'), 'after'])).toEqual([
      'before',
      '***',
      '***',
      '***',
      '***',
      'after',
    ]);
  });

  test('one line of it alone is taken out too', () => {
    expect(masked([key], ['x MIIEvQIBADANBgkqhkiG9w0BAQEFAASC y'])).toEqual(['x *** y']);
  });

  test('base64 that a program has wrapped is taken out of each', () => {
    const long = 'correct horse battery staple '.repeat(8).trim();
    const lines =
      Buffer.from(long)
        .toString('base64')
        .match(/.{1,76}/g) ?? [];
    expect(lines.length).toBeGreaterThan(3);
    expect(masked([long], lines)).toEqual(lines.map(() => '***'));
  });

  test('whichever way the lines are ended', () => {
    const long = 'correct horse battery staple '.repeat(8).trim();
    const lines =
      Buffer.from(long)
        .toString('base64')
        .match(/.{1,76}/g) ?? [];
    const ended = (each: readonly string[]) => each.map((line) => `${line}\r`);
    expect(masked([long], ended(lines))).toEqual(ended(lines.map(() => '***')));
    expect(masked([long], ended(['one', '', long, 'two']))).toEqual(ended(['one', '', '***', 'two']));
  });

  test('of a line that came in two pieces nothing is left but a beginning too short to be told', () => {
    const word = 'correct-horse-battery';
    for (let at = 1; at < word.length; at++) {
      const [first = '', second = ''] = masked([word], [`a ${word.slice(0, at)}`, `${word.slice(at)} z`]);
      expect(second).toBe('*** z');
      expect(first).toBe(at < 8 ? `a ${word.slice(0, at)}` : 'a ***');
    }
  });

  test.each(['s3cr3t!8', 's3cr3t!8x', 's3cr3t!8xyz', 's3cr3t!8xyzwvut'])(
    'of a short secret half is enough to be told at the end of a line: %s',
    (word) => {
      const least = Math.ceil(word.length / 2);
      for (let at = 1; at < word.length; at++) {
        const [first = '', second = ''] = masked([word], [`a ${word.slice(0, at)}`, `${word.slice(at)} z`]);
        expect([first, second]).toEqual([at < least ? `a ${word.slice(0, at)}` : 'a ***', '*** z']);
      }
      const half = word.slice(0, least);
      expect(masked([word], [`${half} stays within a line`])).toEqual([`${half} stays within a line`]);
    },
  );

  test('a beginning that is not gone on with hides no other line', () => {
    expect(masked(['correct-horse-battery'], ['a correct-h', 'ello', 'x'])).toEqual(['a ***', 'ello', 'x']);
  });
});

describe('what stays', () => {
  test('lines without a secret are the same bytes', () => {
    const masker = new Masker(new Masks([secret]));
    const line = Buffer.from([0, 255, 10, 13, 200, 112, 52]);
    expect(masker.mask(line)).toBe(line);
  });

  test('values that are shorter than 4 bytes, for they stand everywhere', () => {
    expect(masked(['abc', ''], ['abcabc'])).toEqual(['abcabc']);
  });

  test('everything, where there are no secrets', () => {
    expect(masked([], ['any', ''])).toEqual(['any', '']);
  });
});

test('a secret within another, and those that overlap, are all taken out', () => {
  expect(masked(['abcdef', 'cdefgh', 'bcde'], ['xabcdefghx', 'xbcdex'])).toEqual(['x***x', 'x***x']);
});

test('whatever stands around it and wherever lines end: no form of 8 bytes of it is left', () => {
  const words = fc.array(fc.string({ minLength: 12, maxLength: 30, unit: fc.constantFrom(...'abcdeXYZ0189-_/+=%') }), {
    minLength: 1,
    maxLength: 5,
  });
  const around = fc.string({ maxLength: 20, unit: fc.constantFrom(...'abcdeXYZ ') });
  fc.assert(
    fc.property(words, around, around, fc.array(fc.nat(60), { maxLength: 3 }), (secrets, before, after, cuts) => {
      const text = `${before}${secrets.join(' ')}${after}`;
      const places = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
      const lines = places.slice(1).map((to, i) => text.slice(places[i], to));
      const shown = masked(secrets, lines);
      for (const word of secrets) expect(shown.join('').includes(word)).toBe(false);
      // Nothing but stars is put in, and nothing is taken out beside.
      expect(shown.join('').replaceAll('***', '').length).toBeLessThanOrEqual(text.length);
    }),
  );
});
