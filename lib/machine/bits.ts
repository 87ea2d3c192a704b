/** Sets of small numbers as rows of bits: a union or a comparison of 800 tasks is 25 words. */
export type Bits = Uint32Array;

export const emptyBits = (size: number): Bits => new Uint32Array((size + 31) >>> 5);

export const has = (bits: Bits, n: number): boolean => ((word(bits, n >>> 5) >>> (n & 31)) & 1) === 1;

/** The 32 numbers from `32 * index` on. */
export const word = (bits: Bits, index: number): number => bits[index] ?? 0;

export function add(bits: Bits, n: number): void {
  bits[n >>> 5] = word(bits, n >>> 5) | (1 << (n & 31));
}

export function addAll(bits: Bits, others: Bits): void {
  for (let w = 0; w < bits.length; w++) bits[w] = word(bits, w) | word(others, w);
}

export function without(bits: Bits, others: Bits): Bits {
  return bits.map((value, w) => value & ~word(others, w));
}

export const isEmpty = (bits: Bits): boolean => bits.every((value) => value === 0);

/** The members in rising order. */
export function members(bits: Bits): number[] {
  const found: number[] = [];
  for (let w = 0; w < bits.length; w++) {
    for (let rest = word(bits, w); rest !== 0; rest &= rest - 1) found.push(w * 32 + lowest(rest));
  }
  return found;
}

/** Position of the lowest bit that is set. */
export const lowest = (value: number): number => 31 - Math.clz32(value & -value);

export function bitsOf(size: number, numbers: Iterable<number>): Bits {
  const bits = emptyBits(size);
  for (const n of numbers) add(bits, n);
  return bits;
}
