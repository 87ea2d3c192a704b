/** Exit codes and what each failure says: one or two lines and the next step. */
import { CommanderError } from 'commander';
import { ApiError, UnreachableError } from '../client/errors.ts';
import { GoferError } from '../errors.ts';
import { AwsError } from './aws/stack.ts';

/** The last two as shells write the end by a signal, 128 and its number: SIGINT, and SIGPIPE where nobody reads on. */
export const exit = { ok: 0, failed: 1, usage: 2, notFound: 3, interrupted: 130, unread: 141 } as const;

export type Failure = { readonly code: number; readonly message: string; readonly next: readonly string[] };

/** Wrong use that commander can't see: exit code 2. */
export class UsageError extends GoferError {
  override readonly name = 'UsageError';
  constructor(message: string) {
    super(400, 'usage', message);
  }
}

/** `undefined`: commander has said everything already. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof CommanderError) return undefined;
  if (error instanceof UnreachableError)
    return failure(exit.failed, error.message, [
      'start a server on this machine:  gofer dev',
      'or name another one:             --api-base-url URL, GOFER_API_BASE_URL',
    ]);
  if (error instanceof ApiError && error.status === 401)
    return error.code === 'forbidden'
      ? failure(exit.failed, error.message, ['see what this token may do:  gofer token whoami'])
      : failure(exit.failed, error.message, [
          'give a token:        --token TOKEN, GOFER_TOKEN',
          'get the first one:   gofer token bootstrap, on AWS with --aws',
        ]);
  if (error instanceof ApiError && error.status >= 500 && error.code !== 'failed_precondition')
    return failure(exit.failed, error.message, error.requestId ? [`request id: ${error.requestId}`] : []);
  if (error instanceof AwsError) return failure(exit.failed, error.message, error.next);
  if (error instanceof UsageError) return failure(exit.usage, error.message);
  if (error instanceof GoferError) return failure(error.status === 404 ? exit.notFound : exit.failed, error.message);
  return failure(exit.failed, error instanceof Error ? error.message : String(error), ['more:  --debug']);
}

const failure = (code: number, message: string, next: readonly string[] = []): Failure => ({ code, message, next });

/** Commander's exit codes as ours: help and version were asked for, the rest is wrong usage. */
export const exitCodeOf = (error: CommanderError): number =>
  error.code === 'commander.helpDisplayed' || error.code === 'commander.version' || error.exitCode === 0
    ? exit.ok
    : exit.usage;
