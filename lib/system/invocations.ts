/** How Lambda invokes the functions that answer CloudFormation: what one invocation doesn't end, the next one takes up. */

/** Durations are seconds. */
export const invocations = {
  /** Lambda's longest. */
  timeout: 900,
  /** Lambda's most, a minute and then two minutes after the one before. */
  retries: 2,
  /** Kept for telling the outcome. */
  reserve: 30,
  /** Of one whose resource is there or not: calls of AWS, and the wait for a right that is new. */
  briefTimeout: 120,
} as const;

/** An answer of a brief one that hasn't come by then never comes: three invocations, and the pauses between them. */
export const briefAnswer = (invocations.retries + 1) * invocations.briefTimeout + 240;

/** So long they work at least, all together: the pauses between them are to spare. CloudFormation waits an hour. */
export const inAll = (invocations.retries + 1) * (invocations.timeout - invocations.reserve);
