/** A run with what it runs: its row and the config of its version. */
import type { Home } from '../home.ts';
import type { PipelineConfig, TaskConfig } from '../pipeline/config.ts';
import { readConfig } from '../pipeline/stored.ts';
import { runKey } from '../store/items/run.ts';
import { type ConfigItem, configKey } from '../store/items/version.ts';
import { remembered } from '../store/remembered.ts';
import type { Item, Key } from '../store/table.ts';
import type { RunItem } from './run.ts';

export type LoadedRun = {
  readonly run: RunItem;
  readonly config: PipelineConfig;
  readonly tasks: ReadonlyMap<string, TaskConfig>;
  /** Name of the version's state machine, if it was known to exist when the config was read. */
  readonly machine?: string;
};

export async function findRun(home: Home, uid: string, number: number): Promise<RunItem | undefined> {
  return (await home.table.get(runKey(uid, number))) as RunItem | undefined;
}

/** `undefined`: there is no such run (any more). */
export async function loadRun(home: Home, uid: string, number: number): Promise<LoadedRun | undefined> {
  return (await loadRunAnd(home, uid, number, []))[0];
}

/** The run, and other items in the same read. */
export async function loadRunAnd(
  home: Home,
  uid: string,
  number: number,
  keys: readonly Key[],
): Promise<[LoadedRun | undefined, ...(Item | undefined)[]]> {
  const [item, ...others] = await home.table.getMany([runKey(uid, number), ...keys]);
  const run = item as RunItem | undefined;
  return [run && { run, ...(await loadConfig(home, uid, run.version)) }, ...others];
}

type Loaded = Omit<LoadedRun, 'run'>;

/**
 * A registered version never changes, and its machine exists for long: it is read now and then. Machines are removed an
 * hour after no version names them any more, so nobody remembers one that is gone.
 */
const configsOf = remembered<Loaded & { readonly since: number }>();
const cacheSize = 200;
const cacheTime = 10 * 60 * 1000;

export async function loadConfig(home: Home, uid: string, version: number): Promise<Loaded> {
  const configs = configsOf(home.table);
  const name = `${uid}/${version}`;
  const cached = configs.get(name);
  if (cached && home.now() - cached.since < cacheTime) return cached;
  const item = (await home.table.get(configKey(uid, version))) as ConfigItem | undefined;
  if (!item) throw new Error(`version ${version} of pipeline ${uid} is missing, though a run uses it`);
  const config = readConfig(item);
  const tasks = new Map(config.tasks.map((task) => [task.id, task]));
  const loaded = { config, tasks, ...(item.machine !== undefined && { machine: item.machine }) };
  if (item.machine === undefined) return loaded;
  if (configs.size >= cacheSize) configs.delete(configs.keys().next().value ?? '');
  configs.set(name, { ...loaded, since: home.now() });
  return loaded;
}
