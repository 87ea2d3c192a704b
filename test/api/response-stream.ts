/** The stream that Lambda hands to a streaming function, and the head that API Gateway takes from its first bytes. */
import { Writable } from 'node:stream';
import type { Begin } from '../../lambdas/api/stream.ts';

type Hook = (write: (chunk: string | Uint8Array) => void) => void;

/** Remembers what was written. As in Lambda's runtime, a hook runs before the first write, be it an empty one. */
export class ResponseStream extends Writable {
  readonly chunks: Buffer[] = [];
  beforeFirstWrite: Hook | undefined;
  /** Called after each chunk. */
  onChunk: (text: string) => void = () => {};

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    const hook = this.beforeFirstWrite;
    this.beforeFirstWrite = undefined;
    hook?.((head) => void super.write(head));
    return (super.write as (chunk: unknown, ...rest: unknown[]) => boolean).call(this, chunk, ...rest);
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    this.onChunk(chunk.toString());
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** What API Gateway makes of it. */
  get answer(): { readonly head: { statusCode: number; headers: Record<string, string> }; readonly body: string } {
    const end = this.bytes.indexOf(delimiter);
    if (end < 0) throw new Error('nothing was written that API Gateway could answer with');
    const head = JSON.parse(this.bytes.subarray(0, end).toString());
    return { head, body: this.bytes.subarray(end + delimiter.length).toString() };
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html */
export const delimiter = Buffer.alloc(8);

/** `awslambda.HttpResponseStream.from`. */
export const begin: Begin = (stream, head) => {
  if (!(stream instanceof ResponseStream)) throw new Error('not the stream that the function was called with');
  stream.beforeFirstWrite = (write) => {
    write(JSON.stringify(head));
    write(delimiter);
  };
  return stream;
};
