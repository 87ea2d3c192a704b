/** A pipeline's secrets: its own tasks alone can refer to them, as `pipeline_secret{{ key }}`. */
import type { Home } from '../home.ts';
import { getPipeline } from '../pipeline/pipelines.ts';
import { type PipelineItem, pipelinePartition } from '../store/items/pipeline.ts';
import { pipelineSecretKey, registryPrefix, type SecretItem, secretPrefix } from '../store/items/secret.ts';
import { checkContent, checkKey } from './key.ts';
import { type PipelineName, pipelineSecretName } from './name.ts';
import { registryAddress } from './registry-auth.ts';
import { deleteSecret, getSecret, isThere, putSecret, removeSecret, type SecretAddress } from './secret.ts';
import { usesInPipeline } from './uses.ts';

export type PipelineSecret = PipelineName & { readonly key: string };

const addressIn = ({ namespace, id, uid }: PipelineItem, key: string): SecretAddress => ({
  row: pipelineSecretKey(uid, key),
  name: pipelineSecretName({ namespace, pipeline: id }, key),
  key,
  where: `in pipeline "${id}"`,
});

async function addressOf(home: Home, { namespace, pipeline, key }: PipelineSecret): Promise<SecretAddress> {
  return addressIn(await getPipeline(home, namespace, pipeline), key);
}

/** Ordered by key. */
export async function listPipelineSecrets(home: Home, { namespace, pipeline }: PipelineName): Promise<SecretItem[]> {
  const { uid } = await getPipeline(home, namespace, pipeline);
  const items = (await home.table.query(pipelinePartition(uid), { prefix: secretPrefix })) as SecretItem[];
  return items.filter(isThere);
}

export async function putPipelineSecret(
  home: Home,
  wanted: PipelineSecret & { readonly content: string; readonly force: boolean },
): Promise<SecretItem> {
  const { namespace, key, content, force } = wanted;
  checkKey(key);
  checkContent(content, home.secrets.limit);
  return putSecret(home, await addressOf(home, wanted), { content, namespaces: [namespace], force });
}

/** With its value where `reveal` is given. */
export async function getPipelineSecret(home: Home, wanted: PipelineSecret, reveal = false): Promise<ShownSecret> {
  return shown(home, await addressOf(home, wanted), reveal);
}

/** Returns what will fail without it, if anything will. */
export async function deletePipelineSecret(home: Home, wanted: PipelineSecret): Promise<string | undefined> {
  const { namespace, pipeline: id, key } = wanted;
  const pipeline = await getPipeline(home, namespace, id);
  await deleteSecret(home, addressIn(pipeline, key));
  return usesInPipeline(home, pipeline, { kind: 'pipeline_secret', key });
}

/** All of a pipeline that is being deleted. */
export async function deletePipelineSecrets(home: Home, pipeline: PipelineItem): Promise<void> {
  const of = async (prefix: string) =>
    (await home.table.query(pipelinePartition(pipeline.uid), { prefix })).map(({ sk }) => sk.slice(prefix.length));
  for (const key of await of(secretPrefix)) await removeSecret(home, addressIn(pipeline, key));
  for (const task of await of(registryPrefix)) await removeSecret(home, registryAddress(pipeline, task));
}

export type ShownSecret = { readonly item: SecretItem; readonly value: string | undefined };

/** A secret with its value, if it may be shown. */
export async function shown(home: Home, address: SecretAddress, reveal: boolean): Promise<ShownSecret> {
  const item = await getSecret(home, address);
  return { item, value: reveal ? await home.secrets.get(address.name) : undefined };
}
