/** Logs of task attempts: CloudWatch Logs on AWS, files on one machine. */
export type LogStream = { readonly run: string; readonly task: string; readonly launch: number };

export type LogLine = {
  /** Where reading may resume after this line; opaque, ordered within one stream. */
  readonly id: string;
  /** Epoch milliseconds at which the line was written. */
  readonly time: number;
  readonly source: 'stdout' | 'stderr';
  /** Raw bytes as the container wrote them, without the newline. Lines over 1 MiB arrive in pieces. */
  readonly data: Uint8Array;
  /** False for a piece that its next one continues. */
  readonly complete: boolean;
};

export interface Logs {
  /**
   * The lines of a stream in order, after the line `after` when it is given.
   * With `follow` it waits for more until the log has ended (`ended` may be asked again at any time) or `signal` aborts.
   */
  read(
    stream: LogStream,
    options?: {
      readonly after?: string;
      readonly follow?: boolean;
      readonly ended?: () => Promise<boolean>;
      readonly signal?: AbortSignal;
    },
  ): AsyncIterable<LogLine>;
  /** Removes the stream. One that is absent is removed already. */
  remove(stream: LogStream): Promise<void>;
}
