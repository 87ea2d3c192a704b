/** Docker's answers that are errors, told from a Docker that doesn't answer. */

/** The HTTP status of an answer; `undefined`: there was none. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** The engine itself didn't answer: `ECONNREFUSED`, `ENOENT` of its socket, `ECONNRESET`… */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code);

/** The engine's own words, without what the client puts around them. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
}
