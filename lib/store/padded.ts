/** Numbers in sort keys are padded, so that they order as numbers do. */
export const padded = (n: number) => String(n).padStart(10, '0');
