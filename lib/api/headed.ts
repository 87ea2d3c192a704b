/** An answer with headers of its own. */
export class HeadedAnswer {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(headers: Readonly<Record<string, string>>, body?: unknown) {
    this.headers = headers;
    this.body = body;
  }
}

/** What a client should tell its user although all went well, in the form of RFC 9111's `warning`, which many still show. */
export const warningHeader = (text: string): Readonly<Record<string, string>> => ({
  warning: `299 gofer "${text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?')}"`,
});
