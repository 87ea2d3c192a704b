/** What `gofer doctor` looks at on one machine. */
import type { Client } from '../../client/client.ts';
import { type ApiFacts, judgeToken } from '../api.ts';
import { type Check, check } from '../check.ts';
import { judgeDataFolder } from './data-folder.ts';
import { judgeDisk } from './disk.ts';
import { judgeDocker } from './docker.ts';
import { judgeImages } from './images.ts';
import type { Machine } from './machine.ts';
import { judgeNode } from './node.ts';
import { judgeServer } from './server.ts';

export type LocalChecks = {
  readonly machine: Machine;
  readonly api: () => Promise<ApiFacts>;
  readonly client: Client;
  readonly node: string;
  /** The data folder. */
  readonly data: string;
};

export const localChecks = ({ machine, api, client, node, data }: LocalChecks): readonly (readonly Check[])[] => [
  [
    check('Node.js', async () => node, judgeNode),
    check('data folder', () => machine.dataFolder(data), judgeDataFolder),
    check('disk', () => machine.disk(data), judgeDisk),
    check('Docker', () => machine.docker(), judgeDocker),
    check('server', api, judgeServer),
    check('token', api, (facts) => judgeToken(facts, 'gofer token bootstrap')),
    check('images', async () => machine.images(await imagesOf(client, await api())), judgeImages),
  ],
];

/** Images of all pipelines; none when the server doesn't tell. */
async function imagesOf({ namespaces, pipelines, configs }: Client, { access }: ApiFacts): Promise<string[]> {
  if (access === undefined || (access !== 'open' && 'refused' in access)) return [];
  const images = new Set<string>();
  for (const namespace of (await namespaces.list()).namespaces)
    for (const { pipeline_id: pipeline } of (await pipelines.list(namespace.id)).pipelines) {
      const [newest] = (await configs.list({ namespace: namespace.id, pipeline }, { limit: 1, reverse: true })).configs;
      for (const { image } of Object.values(newest?.tasks ?? {})) images.add(image);
    }
  return [...images].sort();
}
