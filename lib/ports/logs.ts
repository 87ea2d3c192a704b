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

export type LogReading = {
  /** Id of a line: only what comes after it. */
  readonly after?: string;
  /**
   * For who can't tell what a line means without those before it: is given the lines up to and with `after`, in order,
   * before the first one is read. On one machine that is all of them, on AWS those of the ten seconds before `after`.
   */
  readonly past?: (line: LogLine) => void;
  /** Waits for more until the log has ended (`ended` may be asked again at any time) or `signal` aborts. */
  readonly follow?: boolean;
  readonly ended?: () => Promise<boolean>;
  readonly signal?: AbortSignal;
};

export interface Logs {
  /** The lines of a stream in order. */
  read(stream: LogStream, reading?: LogReading): AsyncIterable<LogLine>;
  /** Removes the stream. One that is absent is removed already. */
  remove(stream: LogStream): Promise<void>;
}
