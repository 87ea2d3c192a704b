/**
 * Stands in for the client of Systems Manager in the bundles: what `secure-parameter.ts` takes of it, and no more. The
 * client would be a tenth of the API's code, for a call that an installation makes once.
 */
import * as z from 'zod';
import { askSigned, type SignedOptions, signedOptions } from './signed.ts';

type Operation = 'DeleteParameter' | 'GetParameter' | 'PutParameter';

const answered = z.object({ Parameter: z.object({ Value: z.string() }).optional() });

/** `__type` may have a namespace before it: `com.amazonaws.ssm#ParameterNotFound`. */
const refused = z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() });

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
    const { ok, status, text } = await askSigned(
      {
        service: 'ssm',
        method: 'POST',
        url: new URL(this.#options.endpoint ?? addressIn(this.#options.region)),
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonSSM.${operation}` },
        body: JSON.stringify(input),
      },
      this.#options,
    );
    if (ok) return answered.parse(JSON.parse(text || '{}'));
    throw errorOf(`${operation} failed with ${status}`, text);
  }
}

const addressIn = (region: string) => `https://ssm.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Named as AWS names it, as the client's own errors are. */
function errorOf(otherwise: string, text: string): Error {
  const { __type = 'SSMError', message, Message } = refusal(text);
  const name = __type.slice(__type.indexOf('#') + 1);
  const sentence = message ?? Message ?? otherwise;
  if (name === 'ParameterAlreadyExists') return new ParameterAlreadyExists(sentence);
  if (name === 'ParameterNotFound') return new ParameterNotFound(sentence);
  return Object.assign(new Error(sentence), { name });
}

/** Proxies on the way answer with pages. */
function refusal(text: string): Partial<z.output<typeof refused>> {
  try {
    return refused.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
