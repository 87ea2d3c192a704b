/** What the logs of a run must not show: the secrets of its config. */
import type { Home } from '../home.ts';
import type { Secrets } from '../ports/secrets.ts';
import { type LoadedRun, loadRun } from '../run/load.ts';
import { type StoredSecret, storedSecrets } from '../secret/references.ts';
import { remembered } from '../store/remembered.ts';
import { Masks } from './mask.ts';
import type { Hidden } from './masked.ts';

type Values = readonly (string | undefined)[];

/** Values by store and name, as of when they were written: a value that has changed has another time. */
const valuesOf = remembered<Promise<Values>>();
const cacheSize = 1_000;

/** The secrets of all tasks, for one may have handed them to another. */
export async function hiddenIn(home: Home, { uid, number }: RunId): Promise<Hidden> {
  const loaded = await loadRun(home, uid, number);
  return {
    masks: new Masks(loaded ? await secretsOf(home, loaded) : []),
    tokens: loaded?.config.tasks.some(({ inject_api_token }) => inject_api_token) ?? false,
  };
}

type RunId = { readonly uid: string; readonly number: number };

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
