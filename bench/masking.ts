/** What it costs to take secrets out of log lines, against the same stream without any. */
import { Masker, Masks } from '../lib/logs/mask.ts';
import { median, type Row } from './measure.ts';

const lines = 500_000;
const rounds = 7;
const count = 50;
/** A follower gets so many lines a second at least; see `logs.ts`. */
const rate = 50_000;
const most = 20;

const word = (n: number) => `secret-${(n * 2_654_435_761).toString(36)}-${(n * 40_503).toString(16)}`;

/** Lines as programs write them, every thousandth with a secret. */
const stream = Array.from({ length: lines }, (_, i) =>
  Buffer.from(
    `2026-11-23T10:17:0${i % 10}.123Z info  request ${i} GET /api/items/${i * 7}?page=${i % 50} took ${i % 97} ms ${i % 1000 ? 'ok' : word(i % count)}`,
  ),
);

export function masking(): Row[] {
  const masks = new Masks(Array.from({ length: count }, (_, n) => word(n)));
  const seconds: number[] = [];
  let left = 0;
  for (let round = 0; round < rounds; round++) {
    const masker = new Masker(masks);
    const begun = performance.now();
    const shown = stream.map((line) => masker.mask(line));
    seconds.push((performance.now() - begun) / 1000);
    left = shown.filter((line) => Buffer.from(line).includes('secret-')).length;
  }
  // Of the time that the lines take to come.
  const overhead = (median(seconds) / (lines / rate)) * 100;
  return [
    {
      what: `masking ${rate} lines/s with ${count} secrets`,
      measured: `${overhead.toFixed(1)} % of the time (${Math.round(lines / median(seconds))} lines/s)`,
      target: `≤ ${most} %`,
      reached: overhead <= most,
    },
    { what: 'secrets left in masked lines', measured: String(left), target: '0', reached: left === 0 },
  ];
}

if (import.meta.main) console.table(masking());
