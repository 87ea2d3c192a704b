/** Registration: a config becomes a version of its pipeline. Versions count 1, 2, 3…, and never change. */
import { askRetirement } from '../deployment/retire.ts';
import { InvalidError, NotFoundError } from '../errors.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import { compile } from '../machine/compile.ts';
import { machineLimits } from '../machine/limits.ts';
import { getNamespace, keepNamespace } from '../namespace/namespaces.ts';
import { secretWarnings } from '../secret/references.ts';
import { checkRegistryAuth, keepRegistryAuth } from '../secret/registry-auth.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { type ConfigItem, configKey } from '../store/items/version.ts';
import { all, equals, exists, less, missing } from '../store/table.ts';
import type { PipelineConfig } from './config.ts';
import { configHash } from './hash.ts';
import { launchLimits } from './limit.ts';
import { type Manager, refuseManaged } from './managed.ts';
import { beingDeleted, findPipeline } from './pipelines.ts';
import { InvalidPipelineError, writeProblem } from './problem.ts';
import { roleProblems } from './role.ts';
import { checkPipeline } from './schema.ts';
import { withoutPasswords, writeConfig } from './stored.ts';
import { newestVersion, versionWith } from './versions.ts';

export type Registered = {
  readonly pipeline: PipelineItem;
  readonly config: ConfigItem;
  /** False: the newest version has the same content already. */
  readonly created: boolean;
  /** What would be refused on AWS, and secrets that are not there yet. */
  readonly warnings: string[];
};

export type Registration = {
  readonly namespace: string;
  readonly pipeline: string;
  /** Unchecked. */
  readonly config: unknown;
  /** The stack that keeps the pipeline: content that it had before gets the version that it had. */
  readonly manager?: Manager;
  /** Name of the machine that was made for this config already. */
  readonly machine?: string;
};

/** Registers the config under the pipeline that the path names, which it creates when it is new. */
export async function registerConfig(home: Home, wanted: Registration): Promise<Registered> {
  const { namespace, pipeline: id, manager, machine } = wanted;
  await getNamespace(home, namespace);
  const written = checkPipeline(wanted.config);
  const config = withoutPasswords(written);
  if (config.id !== id)
    throw new InvalidError(
      `the config's id is "${config.id}", but the address names pipeline "${id}"; use one of them`,
    );
  const warnings = checkLimits(home, config, manager);
  // A stack brings no passwords along: its template would show them.
  if (!manager) checkRegistryAuth(home, written);
  const content = { config: writeConfig(config), hash: configHash(config), ...(machine && { machine }) };

  // Each turn that is lost was won by another registration, so the next one sees more.
  for (;;) {
    const found = await findPipeline(home, namespace, id);
    const version = found
      ? await addVersion(home, found, content, manager)
      : await firstVersion(home, namespace, id, content);
    const pipeline = version && (await point(home, version.uid, namespace, config, version.item));
    if (!pipeline) continue;
    if (!(await keepNamespace(home, namespace))) {
      await home.table.delete(pipelineKey(namespace, id), equals('uid', pipeline.uid));
      throw new NotFoundError('namespace', namespace);
    }
    if (version.item.version === 1) await emitCreated(home, pipeline);
    else if (version.created) await askRetirement(home, pipeline);
    const missing = [
      ...(manager ? [] : await keepRegistryAuth(home, pipeline, written)),
      ...(await secretWarnings(home, { namespace, pipeline: id, uid: pipeline.uid }, config)),
    ];
    warnings.push(...missing.map(writeProblem));
    return { pipeline, config: version.item, created: version.created, warnings };
  }
}

type Content = Pick<ConfigItem, 'config' | 'hash' | 'machine'>;
type Version = { readonly uid: string; readonly item: ConfigItem; readonly created: boolean };

const configItem = (home: Home, uid: string, version: number, content: Content): ConfigItem => ({
  ...configKey(uid, version),
  ...content,
  version,
  registered: home.now(),
  deprecated: 0,
});

/** The config comes first, so a pipeline is never seen without one; after a crash here it lies under a uid that nobody knows. */
async function firstVersion(home: Home, namespace: string, id: string, content: Content): Promise<Version | undefined> {
  const uid = newUid(home.random);
  const item = configItem(home, uid, 1, content);
  await home.table.put(item);
  const created = home.now();
  const counters = { last_version: 1, parallelism: 0 };
  const key = pipelineKey(namespace, id);
  const pipeline: PipelineItem = { ...key, uid, namespace, id, state: 'active', created, modified: 0, ...counters };
  if (await home.table.put(pipeline, missing('pk'))) return { uid, item, created: true };
  await home.table.delete(configKey(uid, 1));
  return undefined;
}

async function addVersion(
  home: Home,
  pipeline: PipelineItem,
  content: Content,
  manager: Manager | undefined,
): Promise<Version | undefined> {
  const { uid, last_version } = pipeline;
  if (pipeline.deleting !== undefined) throw beingDeleted(pipeline);
  refuseManaged(pipeline, manager);
  const newest = await newestVersion(home, uid);
  const known = newest?.hash === content.hash || !manager ? newest : await versionWith(home, uid, content.hash);
  if (known?.hash === content.hash) return { uid, item: await named(home, uid, known, content), created: false };
  // A version that was deleted is never given again: runs may remember it.
  const item = configItem(home, uid, Math.max(newest?.version ?? 0, last_version) + 1, content);
  return (await home.table.put(item, missing('pk'))) && { uid, item, created: true };
}

/** A machine that was made for the version takes the place of one that was made, and may have been removed, before. */
async function named(home: Home, uid: string, item: ConfigItem, { machine }: Content): Promise<ConfigItem> {
  if (machine === undefined || item.machine === machine) return item;
  const changed = await home.table.update(configKey(uid, item.version), { set: { machine } }, exists('pk'));
  return changed ? { ...item, machine } : item;
}

/** Lets the pipeline know its newest version; before the first deployment runs take that one. */
async function point(home: Home, uid: string, namespace: string, config: PipelineConfig, { version }: ConfigItem) {
  const key = pipelineKey(namespace, config.id);
  const newer = all(equals('uid', uid), missing('deleting'), less('last_version', version + 1));
  const set = { last_version: version };
  const { parallelism } = config;
  if (!(await home.table.update(key, { set: { ...set, parallelism } }, all(newer, missing('live')))))
    await home.table.update(key, { set }, newer);
  const pipeline = await findPipeline(home, namespace, config.id);
  return pipeline?.uid === uid ? pipeline : undefined;
}

async function emitCreated(home: Home, { namespace, id, uid, created }: PipelineItem): Promise<void> {
  const kind = { created_pipeline: { namespace_id: namespace, pipeline_id: id } };
  await emit(home, { time: created, kind, key: `pipeline/${uid}/created` });
}

/** What the app of a stack names is its administrator's own choice. */
function checkLimits(home: Home, config: PipelineConfig, manager: Manager | undefined): string[] {
  const definition = compile(config, home.settings);
  const problems = [
    ...machineLimits(config, definition),
    ...launchLimits(config, home.settings),
    ...(manager ? [] : roleProblems(config, home.settings.taskRoles)),
  ];
  if (home.settings.kind === 'aws' && problems.length)
    throw new InvalidPipelineError(`pipeline "${config.id}"`, problems);
  return problems.map(writeProblem);
}

/** 62 random bits, in words that fit every name on AWS. */
const newUid = (random: () => number): string =>
  Array.from({ length: 12 }, () => Math.floor(random() * 36).toString(36)).join('');
