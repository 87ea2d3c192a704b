/** A pipeline "build" in the namespace "default", with three versions that are registered and not deployed. */
import { listDeployments } from '../../lib/deployment/deployments.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { getPipeline } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { listVersions, versionView } from '../../lib/pipeline/versions.ts';
import { configOf, createMemoryHome, type MemoryHome, type MemoryHomeOptions } from '../memory-home.ts';

export const build = { namespace: 'default', pipeline: 'build' };
export const to = (version: number) => ({ ...build, version });

export async function prepare(home: MemoryHome) {
  await ensureDefaultNamespace(home);
  for (const version of [1, 2, 3])
    await registerConfig(home, { ...build, config: configOf('build', `busybox:${version}`, { parallelism: version }) });
}

export async function freshHome(options: MemoryHomeOptions = {}) {
  const home = createMemoryHome(options);
  await prepare(home);
  return home;
}

export const pipelineOf = (home: MemoryHome) => getPipeline(home, 'default', 'build');
export const outcomes = async (home: MemoryHome) =>
  (await listDeployments(home, build)).map(
    ({ id, start_version, end_version, status }) => `${id}: ${start_version} to ${end_version} ${status}`,
  );
export const states = async (home: MemoryHome) => {
  const pipeline = await pipelineOf(home);
  const versions = await listVersions(home, pipeline, { reverse: true });
  return versions.map((item) => versionView(pipeline, item).state);
};
