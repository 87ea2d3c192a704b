/** What the log of a container must not show: the secrets of its run's config, and the tokens that containers are given. */
import { tokenHandedTo } from '../access/injected.ts';
import type { Home } from '../home.ts';
import type { Secrets } from '../ports/secrets.ts';
import { type LoadedRun, loadRun } from '../run/load.ts';
import { apiTokenName } from '../secret/name.ts';
import { type StoredSecret, storedSecrets } from '../secret/references.ts';
import { remembered } from '../store/remembered.ts';
import { groupOf, type Launch } from '../task/group.ts';
import { Masks } from './mask.ts';
import type { Hidden } from './masked.ts';

type Values = readonly (string | undefined)[];

/** Values by store and name, as of when they were written: a value that has changed has another time. */
const valuesOf = remembered<Promise<Values>>();
const cacheSize = 1_000;

/** The secrets of all tasks, for one may have handed them to another. */
export async function hiddenIn(home: Home, launch: Launch): Promise<Hidden> {
  const loaded = await loadRun(home, launch.uid, launch.number);
  if (!loaded) return { masks: new Masks([]) };
  const tokens = loaded.config.tasks.some(({ inject_api_token }) => inject_api_token);
  const own = tokens ? await tokensOf(home, loaded, launch) : [];
  return { masks: new Masks([...(await secretsOf(home, loaded)), ...own]), tokens };
}

/** On AWS those of the pipeline; on one machine that of the container alone, for each has another. */
async function tokensOf(home: Home, { run }: LoadedRun, launch: Launch): Promise<string[]> {
  const values =
    home.settings.kind === 'aws'
      ? await readValues(home.secrets, apiTokenName(run))
      : [tokenHandedTo(home, groupOf(launch))];
  return values.filter((value) => value !== undefined);
}

async function secretsOf(home: Home, { run, config }: LoadedRun): Promise<string[]> {
  const stored = await storedSecrets(home, run, config);
  const values = await Promise.all(stored.map((each) => storedValues(home.secrets, each)));
  return values.flat().filter((value) => value !== undefined);
}

/** Of now and before: what runs still may have the former one, and what has run printed it. */
const readValues = (secrets: Secrets, name: string): Promise<Values> =>
  Promise.all([secrets.get(name), secrets.former(name)]);

function storedValues(secrets: Secrets, { name, since }: StoredSecret): Promise<Values> {
  if (since === undefined) return readValues(secrets, name);
  const known = valuesOf(secrets);
  const key = `${since} ${name}`;
  const found = known.get(key);
  if (found) return found;
  const value = readValues(secrets, name);
  if (known.size >= cacheSize) known.clear();
  known.set(key, value);
  // What could not be read is asked for again.
  value.catch(() => known.delete(key));
  return value;
}
