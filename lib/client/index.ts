/** `gofer-serverless/client`: the API for scripts and programs of one's own. */
export { type Client, createClient } from './client.ts';
export { ApiError, NotGoferError, RefusedContentError, UnreachableError } from './errors.ts';
export type { HttpOptions } from './http.ts';
export type * from './types.ts';
