/** Good requests about objects, whosever they are. */
import { fresh, objectContent, type World } from '../world.ts';
import type { Samples } from './samples.ts';

type Noun = Parameters<World['object']>[0];

const objectsOf = (noun: Noun, owner: (world: World) => ReturnType<World['pipeline']>): Samples => ({
  [`list_${noun}_objects`]: async (world) => ({ params: await owner(world) }),
  [`put_${noun}_object`]: async (world) => ({
    params: { ...(await owner(world)), key: `${fresh('object')}/with a path?` },
    query: { force: 'false' },
    raw: objectContent,
    headers: { 'content-type': 'application/octet-stream' },
  }),
  [`get_${noun}_object`]: async (world) => ({ params: await world.object(noun, await owner(world)) }),
  [`delete_${noun}_object`]: async (world) => ({ params: await world.object(noun, await owner(world)) }),
});

export const objects: Samples = {
  ...objectsOf('pipeline', ({ shared }) => shared.pipeline()),
  ...objectsOf('run', ({ shared }) => shared.ended()),
  ...objectsOf('extension', ({ shared }) => shared.extension()),
};
