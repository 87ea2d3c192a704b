/** A pipeline `build` in a home in memory, with runs whose end a test decides. */
import { text } from 'node:stream/consumers';
import type { Home } from '../../lib/home.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { openPipelineObjects, openRunObjects } from '../../lib/object/owner.ts';
import { putObject } from '../../lib/object/put.ts';
import { readObject } from '../../lib/object/read.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { pipelineKey } from '../../lib/store/items/pipeline.ts';
import { runKey } from '../../lib/store/items/run.ts';
import { configOf } from '../memory-home.ts';

export const address = { namespace: 'default', pipeline: 'build' };
export const run = (number: number) => ({ ...address, number });

export async function register(home: Home): Promise<string> {
  await ensureDefaultNamespace(home);
  const { pipeline } = await registerConfig(home, { ...address, config: configOf('build') });
  return pipeline.uid;
}

/** The runs up to this number exist; those in `active` go on, all others are over. */
export async function runsUpTo(home: Home, uid: string, last: number, active: readonly number[] = []): Promise<void> {
  for (let number = 1; number <= last; number++)
    await home.table.put({ ...runKey(uid, number), namespace: 'default', pipeline: 'build', uid, number });
  await home.table.update(pipelineKey('default', 'build'), {
    set: { next_up: last },
    remove: ['active'],
  });
  if (active.length) await home.table.update(pipelineKey('default', 'build'), { add: { active: new Set(active) } });
}

export const pipelinePlace = (home: Home) => openPipelineObjects(home, address.namespace, address.pipeline);
export const runPlace = (home: Home, number: number) => openRunObjects(home, run(number));

export async function* chunks(...all: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const each of all) yield Buffer.from(each);
}

/** Too large for a row. */
export const large = (letter: string) => letter.repeat(20_000);

export const put = async (home: Home, key: string, content: string, { force = false, number = 0 } = {}) =>
  putObject(home, number ? await runPlace(home, number) : await pipelinePlace(home), key, {
    force,
    bytes: chunks(content),
  });

export async function read(home: Home, key: string, number = 0): Promise<string> {
  const found = await readObject(home, number ? await runPlace(home, number) : await pipelinePlace(home), key);
  return 'content' in found ? text(found.content.bytes()) : found.address;
}
