/**
 * Memory while large contents pass. V8 looks at buffers that nobody holds any more when 64 MB of them have piled up, however
 * little is in use: here it is asked to look before. A look at the young ones takes less than a millisecond.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' }) => void;

/** Bytes that pass between two looks. */
const between = 8 * 1024 * 1024;

let collect: Collect | undefined;

/** The function that V8 has for it, which only contexts see that are made after the flag was set. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}

let passed = 0;

/** The same bytes, counted over all streams. */
export async function* passing<Chunk extends Uint8Array>(bytes: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  for await (const chunk of bytes) {
    yield chunk;
    passed += chunk.length;
    if (passed < between) continue;
    passed = 0;
    collect ??= collector();
    collect({ type: 'minor' });
  }
}
