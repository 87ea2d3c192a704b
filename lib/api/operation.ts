/**
 * An operation of the API as data: from it come routing, validation, types and the OpenAPI document.
 *
 * `operation({ ..., handler })` keeps the handler's types and hides them behind `answer`, so that operations of every
 * shape stand in one list.
 */
import * as z from 'zod';
import type { Caller } from '../access/caller.ts';
import type { Action, Deed, Resource } from '../access/permission.ts';
import type { Home } from '../home.ts';
import type { HeadedAnswer } from './headed.ts';
import type { DeepReadonly } from './read-only.ts';
import { checkRequest } from './request-check.ts';
import type { StreamAnswer } from './stream/answer.ts';

/**
 * What a token must allow. `public`: no token is asked for; `identified`: any that is good.
 *
 * What the path names (`/namespaces/{namespace_id}`) must be allowed with it; see `access.ts`.
 */
export type Access =
  | 'public'
  | 'identified'
  | {
      readonly resource: Resource;
      readonly action: Action;
      /** Of every operation that writes runs: which of them it is. */
      readonly deed?: Deed;
      /** Field of the body that names the resource, where the path doesn't. */
      readonly named?: string;
    };

export type { Caller } from '../access/caller.ts';

/** A request as it came: all texts, names of headers in lower case. */
export type RawRequest = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON; `undefined`: there was none. */
  readonly body: unknown;
  /** The body as it comes, of an operation that takes any. */
  readonly content?: AsyncIterable<Uint8Array>;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the client reaches the API, without a slash at its end. */
  readonly baseUrl: string;
  /** Absent where nobody has to identify. */
  readonly caller: Caller | undefined;
};

export type Request<P, Q, B> = Omit<RawRequest, 'params' | 'query' | 'body'> & {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
};

type Description = {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As OpenAPI writes it: `/api/namespaces/{namespace_id}`. */
  readonly path: string;
  readonly summary: string;
  readonly status: 200 | 201 | 204;
  readonly access: Access;
  /** The handler may also answer with a `StreamAnswer`; `events`: it does nothing else, and never as text. */
  readonly streams?: boolean | 'events';
  /** `body`: it takes any bytes, as `content`; `answer`: it gives any bytes. */
  readonly raw?: 'body' | 'answer';
};

type Schemas<P, Q, B, R> = {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** What the OpenAPI document says of the body, where a service checks it more closely than `body` does. */
  readonly bodyDocument?: z.ZodType;
  /** Absent: the answer has no body, or is a stream. */
  readonly response?: R;
};

/** An operation with its types hidden. */
export type Operation = Description &
  Schemas<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType> & {
    /** Validates the request and does what it asks for. */
    readonly answer: (home: Home, request: RawRequest) => Promise<unknown>;
  };

const nothing = z.object({});
type Nothing = typeof nothing;

export function operation<
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodType<unknown>,
>({
  handler,
  ...spec
}: Description &
  Schemas<P, Q, B, R> & {
    readonly handler: (
      home: Home,
      request: Request<z.output<P>, z.output<Q>, z.output<B>>,
    ) => Promise<DeepReadonly<z.input<R>> | HeadedAnswer | StreamAnswer> | DeepReadonly<z.input<R>>;
  }): Operation {
  const schemas = { params: spec.params, query: spec.query, body: spec.body };
  return {
    ...spec,
    answer: async (home, request) =>
      handler(home, { ...request, ...checkRequest<z.output<P>, z.output<Q>, z.output<B>>(schemas, request) }),
  };
}
