/** How Lambda invokes a function that answers CloudFormation: what one invocation doesn't end, the next one takes up. */

/** Durations are seconds. */
export const invocations = {
  /** Lambda's longest. */
  timeout: 900,
  /** Lambda's most, a minute and then two minutes after the one before. */
  retries: 2,
  /** Kept for telling the outcome. */
  reserve: 30,
} as const;

/** So long they work at least, all together: the pauses between them are to spare. CloudFormation waits an hour. */
export const inAll = (invocations.retries + 1) * (invocations.timeout - invocations.reserve);
