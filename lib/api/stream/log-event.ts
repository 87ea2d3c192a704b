/** Lines of logs as clients get them in Server-Sent Events. */

/** What `data:` of a log's Server-Sent Event holds, as JSON. */
export type LogEvent = {
  /** Epoch milliseconds at which the line was written. */
  readonly time: number;
  readonly source: 'stdout' | 'stderr';
  /** The line without its newline; bytes that aren't UTF-8 are replaced. */
  readonly text: string;
  /** The line's exact bytes, when they aren't UTF-8. */
  readonly base64?: string;
  /** The next event continues this line: it was too long for one. */
  readonly partial?: true;
};

/** What `data:` of an event of a run's logs holds, as JSON. */
export type RunLogEvent = {
  /** In order for each task. */
  readonly lines: readonly (LogEvent & { readonly task: string; readonly attempt: number })[];
  /** Tasks of which nothing more will come. */
  readonly ended: readonly string[];
};
