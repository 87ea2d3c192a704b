/**
 * Errors that callers can act on. They are thrown where the fact is known and translated once, at the edge: the API
 * answers `status` with `{request_id, message, error_code}`, the command line prints the message.
 */
export class GoferError extends Error {
  override readonly name: string = 'GoferError';
  readonly status: number;
  /** A word that programs can branch on. */
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

/** 400: the request can't be right, whoever sends it whenever. */
export class InvalidError extends GoferError {
  override readonly name: string = 'InvalidError';
  constructor(message: string, options?: ErrorOptions) {
    super(400, 'invalid', message, options);
  }
}

/** 404. `new NotFoundError('pipeline', 'build')` reads: pipeline "build" does not exist; then where, and what may be meant. */
export class NotFoundError extends GoferError {
  override readonly name = 'NotFoundError';
  readonly #bare: readonly [noun: string, id: string | number, where: string];
  constructor(noun: string, id: string | number, where = '', suggestion?: string) {
    super(
      404,
      'not_found',
      `${noun} "${id}" does not exist${where && ` ${where}`}${suggestion ? `; ${suggestion}` : ''}`,
    );
    this.#bare = [noun, id, where];
  }

  /** The same without the suggestion: it names something that not everybody may know of. */
  discreet = (): NotFoundError => new NotFoundError(...this.#bare);
}

/** 409: it exists already, or its state does not allow this now. */
export class ConflictError extends GoferError {
  override readonly name = 'ConflictError';
  constructor(message: string) {
    super(409, 'conflict', message);
  }
}

/** 503, as the original Gofer answers when runs are switched off: nothing wrong with the request, but not now. */
export class FailedPreconditionError extends GoferError {
  override readonly name = 'FailedPreconditionError';
  constructor(message: string) {
    super(503, 'failed_precondition', message);
  }
}
