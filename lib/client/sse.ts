/** Server-Sent Events: the decoder, and a reader that resumes after the last event it has seen. */
import { GoferError } from '../errors.ts';
import { ApiError, UnreachableError } from './errors.ts';
import { backoff, type Http } from './http.ts';

export type ServerSentEvent = { readonly id: string | undefined; readonly event: string; readonly data: string };

/** Decodes a body into events. Comments (keep-alives) and events without data or name are left out. */
export async function* decodeEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let id: string | undefined;
  let event = '';
  let data: string[] = [];
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      const line = rest.charCodeAt(end - 1) === 13 && end > from ? rest.slice(from, end - 1) : rest.slice(from, end);
      from = end + 1;
      if (line === '') {
        if (data.length > 0 || event !== '') yield { id, event: event || 'message', data: data.join('\n') };
        event = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
      if (field === 'data') data.push(value);
      else if (field === 'event') event = value;
      else if (field === 'id') id = value;
    }
    rest = rest.slice(from);
  }
}

export type StreamOptions = {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly signal?: AbortSignal;
  /** Id of an event: only what comes after it. */
  readonly after?: string;
  readonly wait: (ms: number) => Promise<void>;
  /** Failed tries in a row before giving up; a connection on which anything came starts the count anew. Default 8, about 20 s. */
  readonly tries?: number;
};

/** Milliseconds. Something comes every 15 s, be it a comment: a connection this silent is dead, though nobody says so. */
const silence = 60_000;

/**
 * All events of a stream until its `end`, over as many connections as it takes: on AWS none lasts longer than 5 minutes.
 * Nothing comes twice, nothing is left out.
 */
export async function* readEvents(http: Http, path: string, options: StreamOptions): AsyncGenerator<ServerSentEvent> {
  const { wait, signal, query, tries = 8 } = options;
  let lastId = options.after;
  for (let failures = 0; ; failures++) {
    const dead = new AbortController();
    const watch = setTimeout(() => dead.abort(), silence);
    // Comments count too: a log may be silent for hours, over many connections.
    const heard = () => {
      failures = 0;
      watch.refresh();
    };
    try {
      const response = await http.open(path, {
        headers: { accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
        tries: 1,
        ...(query ? { query } : {}),
        signal: AbortSignal.any([dead.signal, ...(signal ? [signal] : [])]),
      });
      if (response.body === null) return;
      for await (const event of decodeEvents(listened(response.body, heard))) {
        lastId = event.id ?? lastId;
        if (event.event === 'end') return;
        // Cut off for its length: the rest comes over the next connection.
        if (event.event === 'resume') break;
        yield event;
      }
    } catch (error) {
      if (signal?.aborted) return;
      // What the API answered is an answer; what stood in between, or broke, is tried again.
      if (!dead.signal.aborted && !isBroken(error)) throw error;
      if (failures + 1 >= tries) throw error instanceof GoferError ? error : new UnreachableError(path, error);
    } finally {
      clearTimeout(watch);
    }
    if (failures + 1 >= tries) throw new UnreachableError(path, 'the stream ends again and again');
    await wait(backoff(failures));
  }
}

async function* listened(body: AsyncIterable<Uint8Array>, heard: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    heard();
    yield chunk;
  }
}

/** No connection, one that broke (`fetch` throws a TypeError while a body is read), or a gateway without its server. */
const isBroken = (error: unknown): boolean =>
  error instanceof UnreachableError || error instanceof TypeError || (error instanceof ApiError && error.passing);
