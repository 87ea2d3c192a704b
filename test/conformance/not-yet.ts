/** Operations of the contract that this version does not have. A test fails as soon as one of them is there after all. */
export const notYet: readonly string[] = [];
