/**
 * Fargate's task sizes: CPU units (1024 = 1 vCPU) and the MiB of memory that go with each.
 * Source: Amazon ECS developer guide, "Task CPU and memory". The SDK's types come from this table too.
 */
export const sizes = {
  256: [512, 1024, 2048],
  512: [1024, 2048, 3072, 4096],
  1024: [2048, 3072, 4096, 5120, 6144, 7168, 8192],
  2048: [4096, 5120, 6144, 7168, 8192, 9216, 10240, 11264, 12288, 13312, 14336, 15360, 16384],
  4096: [
    8192, 9216, 10240, 11264, 12288, 13312, 14336, 15360, 16384, 17408, 18432, 19456, 20480, 21504, 22528, 23552, 24576,
    25600, 26624, 27648, 28672, 29696, 30720,
  ],
  8192: [16384, 20480, 24576, 28672, 32768, 36864, 40960, 45056, 49152, 53248, 57344, 61440],
  16384: [32768, 40960, 49152, 57344, 65536, 73728, 81920, 90112, 98304, 106496, 114688, 122880],
} as const;

/** `cpu` with the `memory` that goes with it; each follows from the other when it is left out. */
export type Size =
  | {
      readonly [C in keyof typeof sizes]: { readonly cpu: C; readonly memory?: (typeof sizes)[C][number] };
    }[keyof typeof sizes]
  | { readonly memory?: (typeof sizes)[keyof typeof sizes][number] };

const table: readonly (readonly [cpu: number, memories: readonly number[]])[] = Object.entries(sizes).map(
  ([cpu, memories]) => [Number(cpu), memories],
);

/** What is wrong with the pair, and which of the two. */
export type SizeProblem = { readonly field: 'cpu' | 'memory'; readonly message: string };

/** The whole size: a missing memory is the least for the CPU, a missing CPU the least that can have the memory. */
export function wholeSize(
  cpu: number | undefined,
  memory: number | undefined,
): { cpu: number; memory: number } | undefined {
  const found = table.find(
    ([units, memories]) => (cpu === undefined || units === cpu) && (memory === undefined || memories.includes(memory)),
  );
  const least = found?.[1][0];
  return found && least !== undefined ? { cpu: found[0], memory: memory ?? least } : undefined;
}

export function sizeProblem(cpu: number | undefined, memory: number | undefined): SizeProblem | undefined {
  if (wholeSize(cpu, memory)) return undefined;
  const memories = table.find(([units]) => units === cpu)?.[1];
  if (cpu !== undefined && !memories) {
    const units = table.map(([each]) => each).join(', ');
    return { field: 'cpu', message: `cpu ${cpu} is not a Fargate size; allowed: ${units} (1024 is 1 vCPU)` };
  }
  const allowed = memories ?? [...new Set(table.flatMap(([, each]) => each))].sort((a, b) => a - b);
  const subject =
    cpu === undefined ? `memory ${memory} is not a Fargate size` : `memory ${memory} does not go with cpu ${cpu}`;
  return { field: 'memory', message: `${subject}; allowed: ${steps(allowed)} MiB` };
}

/** `512, 1024, 2048`, or `4096 to 16384 in steps of 1024` where that is all there is to say. */
function steps(values: readonly number[]): string {
  const [first = 0, second = 0] = values;
  const step = second - first;
  const even = values.length > 4 && values.every((value, i) => value === first + i * step);
  if (even) return `${first} to ${values.at(-1)} in steps of ${step}`;
  return values.length > 12 ? `${values.slice(0, 6).join(', ')} … ${values.at(-1)}` : values.join(', ');
}
