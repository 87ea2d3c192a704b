/**
 * The bytes of objects: S3 on AWS, files on one machine. What is stored under a name never changes: which object it is the
 * content of, says the table.
 */

/** Content as it is read: at the reader's pace, and as often as it is asked for. */
export type Content = {
  readonly size: number;
  readonly bytes: (signal?: AbortSignal) => AsyncIterable<Uint8Array>;
};

/** Gives addresses that are good for some minutes, to whoever has them. */
export interface Addresses {
  /** Takes so many bytes by PUT, once: what has been stored there stays as it is. */
  upload(name: string, size: number): Promise<UploadAddress>;
  /** Gives the content by GET. */
  download(name: string): Promise<string>;
}

export type UploadAddress = {
  readonly url: string;
  /** Headers that the PUT has to have, besides its `content-length`. */
  readonly headers: Readonly<Record<string, string>>;
};

export interface Objects {
  /**
   * Stores all of `bytes` under a name that was never used, and returns how many they were. Should they break off, or the
   * process die, part of them may stay: `remove` is for that too.
   */
  put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<number>;
  /** `undefined`: there is none. */
  get(name: string): Promise<Content | undefined>;
  /** Bytes of the content; `undefined`: there is none. */
  sizeOf(name: string): Promise<number | undefined>;
  /** One that is absent is removed already. */
  remove(name: string): Promise<void>;
  /** How clients reach what is too large for the API's own answers and requests. Absent: nothing is. */
  readonly addresses?: Addresses;
}

/** `<owner>/<id>`: letters, digits, underscores and hyphens, never a user's own words. */
export const contentName = /^[\w-]+\/[\w-]+$/;
