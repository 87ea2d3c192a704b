/** The calls that the server makes to an extension: HTTP, with the bearer that only the two of them know. */
import * as z from 'zod';
import { GoferError } from '../errors.ts';
import { type Exchange, exchange } from './exchange.ts';

const parameterSchema = z.object({ key: z.string(), required: z.boolean(), documentation: z.string() });

/** What an extension says of itself. */
export const documentationSchema = z.object({
  config_params: z.array(parameterSchema),
  pipeline_subscription_params: z.array(parameterSchema),
  body: z.string(),
});
export type Documentation = z.output<typeof documentationSchema>;

const infoSchema = z.object({ documentation: documentationSchema });
const debugSchema = z.object({ info: z.string() });
const errorSchema = z.object({ message: z.string() });

export type SubscriptionRef = {
  readonly namespace_id: string;
  readonly pipeline_id: string;
  readonly pipeline_subscription_id: string;
};

export type ExternalEvent = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

/** The extension has heard the request and does not want it. */
export class ExtensionRefusedError extends GoferError {
  override readonly name = 'ExtensionRefusedError';
  constructor(id: string, said: string) {
    super(400, 'extension_refused', `extension "${id}" refused: ${said}`);
  }
}

/** 503: the extension does not run, does not answer, or answers what is none of its protocol. */
export class ExtensionUnavailableError extends GoferError {
  override readonly name = 'ExtensionUnavailableError';
  /** Nothing came back: it may have done what it was asked to. */
  readonly unanswered: boolean;
  constructor(id: string, problem: string, { unanswered = false }: { readonly unanswered?: boolean } = {}) {
    super(503, 'failed_precondition', `extension "${id}" ${problem}`);
    this.unanswered = unanswered;
  }
}

/** Whether it may have happened all the same. */
export const isUnanswered = (error: unknown): boolean => error instanceof ExtensionUnavailableError && error.unanswered;

export type ExtensionClientOptions = {
  readonly id: string;
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  readonly secret: string;
  /** How requests get there; from here unless set. */
  readonly exchange?: Exchange;
};

export class ExtensionClient {
  readonly #id: string;
  readonly #url: string;
  readonly #secret: string;
  readonly #exchange: Exchange;

  constructor({ id, url, secret, exchange: send = exchange }: ExtensionClientOptions) {
    this.#id = id;
    this.#url = url;
    this.#secret = secret;
    this.#exchange = send;
  }

  /** Whether it answers, and says that it is well. */
  async health(): Promise<boolean> {
    return this.#send('GET', 'health').then(
      () => true,
      () => false,
    );
  }

  async info(): Promise<Documentation> {
    return this.#parse('info', infoSchema, await this.#send('GET', 'info')).documentation;
  }

  async debug(): Promise<string> {
    return this.#parse('debug', debugSchema, await this.#send('GET', 'debug')).info;
  }

  async subscribe(ref: SubscriptionRef, settings: Readonly<Record<string, string>>): Promise<void> {
    await this.#send('POST', 'subscribe', { ...ref, pipeline_subscription_params: settings });
  }

  async unsubscribe(ref: SubscriptionRef): Promise<void> {
    await this.#send('DELETE', 'subscribe', ref);
  }

  async externalEvent({ headers, body }: ExternalEvent): Promise<void> {
    await this.#send('POST', 'external-event', { headers, body: [...body] });
  }

  async shutdown(): Promise<void> {
    await this.#send('POST', 'shutdown');
  }

  async #send(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.#exchange({
      method,
      url: `${this.#url}/api/${path}`,
      headers: {
        authorization: `Bearer ${this.#secret}`,
        'gofer-api-version': 'v0',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if ('failed' in answer)
      throw new ExtensionUnavailableError(this.#id, `does not answer ${method} /api/${path}: ${answer.failed}`, {
        unanswered: true,
      });
    const { status, text } = answer;
    if (status >= 200 && status < 300) return text;
    const said = messageIn(text).replaceAll(this.#secret, '***') || `status ${status}`;
    if (status < 500) throw new ExtensionRefusedError(this.#id, said);
    throw new ExtensionUnavailableError(this.#id, `failed at ${method} /api/${path}: ${said}`);
  }

  #parse<S extends z.ZodType>(path: string, schema: S, text: string): z.output<S> {
    const result = schema.safeParse(parsed(text));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const where = issue?.path.length ? `field ${issue.path.join('.')}` : 'the body';
    throw new ExtensionUnavailableError(
      this.#id,
      `answers /api/${path} with something else than its protocol says: ${where}: ${issue?.message ?? 'is wrong'}`,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text for people in an error's body; one that isn't the protocol's says nothing. */
const messageIn = (text: string): string => errorSchema.safeParse(parsed(text)).data?.message ?? '';
