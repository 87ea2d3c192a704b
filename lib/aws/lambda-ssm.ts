/**
 * Stands in for the client of Systems Manager in the bundles: what `secure-parameter.ts` takes of it, and no more. The
 * client would be a tenth of the API's code, for a call that an installation makes once.
 */
import * as z from 'zod';
import { callService } from './json-call.ts';
import { type SignedOptions, signedOptions } from './signed.ts';

type Operation = 'DeleteParameter' | 'GetParameter' | 'PutParameter';

const answered = z.object({ Parameter: z.object({ Value: z.string() }).optional() });

abstract class Command {
  abstract readonly operation: Operation;
  readonly input: object;
  constructor(input: object) {
    this.input = input;
  }
}

export class DeleteParameterCommand extends Command {
  readonly operation = 'DeleteParameter';
}

export class GetParameterCommand extends Command {
  readonly operation = 'GetParameter';
}

export class PutParameterCommand extends Command {
  readonly operation = 'PutParameter';
}

export class ParameterAlreadyExists extends Error {
  override readonly name = 'ParameterAlreadyExists';
}

export class ParameterNotFound extends Error {
  override readonly name = 'ParameterNotFound';
}

export class SSMClient {
  readonly #options: SignedOptions;

  constructor(options: Partial<SignedOptions> = {}) {
    this.#options = { ...signedOptions(process.env), ...options };
  }

  async send({ operation, input }: Command): Promise<z.output<typeof answered>> {
    try {
      return answered.parse(await callService('ssm', operation, input, this.#options));
    } catch (error) {
      throw error instanceof Error ? asItsClass(error) : error;
    }
  }
}

/** Callers tell these two by their class. */
function asItsClass(error: Error): Error {
  if (error.name === 'ParameterAlreadyExists') return new ParameterAlreadyExists(error.message);
  return error.name === 'ParameterNotFound' ? new ParameterNotFound(error.message) : error;
}
