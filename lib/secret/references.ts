/** The secrets that a config refers to, and what stands in the way of using them. */
import type { Home } from '../home.ts';
import type { PipelineConfig, TaskConfig } from '../pipeline/config.ts';
import type { Problem } from '../pipeline/problem.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';
import { globalSecretKey, pipelineSecretKey, type SecretItem } from '../store/items/secret.ts';
import type { Key } from '../store/table.ts';
import { type SecretReference, secretVariables } from '../task/interpolation.ts';
import { secretNameOf } from './name.ts';
import { allowsNamespace } from './namespaces.ts';
import { isThere } from './secret.ts';

/** Whose tasks refer to secrets; without a `uid` the pipeline is not there yet. */
export type Owner = Pick<PipelineItem, 'namespace'> & { readonly pipeline: string; readonly uid?: string };

/** What is wrong with a reference, as a sentence that names it; `undefined`: nothing. */
type Judge = (reference: SecretReference) => string | undefined;

type Find = (reference: SecretReference) => SecretItem | undefined;

/** Reads the rows of all these secrets at once. */
async function findAll(home: Home, { uid }: Owner, references: Iterable<SecretReference>): Promise<Find> {
  const keyOf = ({ kind, key }: SecretReference): Key | undefined => {
    if (kind === 'global_secret') return globalSecretKey(key);
    return uid === undefined ? undefined : pipelineSecretKey(uid, key);
  };
  const nameOf = ({ pk, sk }: Key) => `${pk}/${sk}`;
  const keys = new Map([...references].flatMap((each) => keyOf(each) ?? []).map((key) => [nameOf(key), key]));
  const rows = (await home.table.getMany([...keys.values()])) as (SecretItem | undefined)[];
  const items = new Map([...keys.keys()].map((name, i) => [name, rows[i]]));
  return (reference) => {
    const key = keyOf(reference);
    return key && items.get(nameOf(key));
  };
}

async function judgeOf(home: Home, owner: Owner, references: readonly SecretReference[]): Promise<Judge> {
  const find = await findAll(home, owner, references);
  return (reference) => problemWith(reference, find(reference), owner);
}

/** A value's name in the store, and since when it is there; `undefined`: it may change, or have changed, at any time. */
export type StoredSecret = { readonly name: string; readonly since: number | undefined };

/** The secrets that a config refers to and that are there. */
export async function storedSecrets(home: Home, owner: Owner, { tasks }: PipelineConfig): Promise<StoredSecret[]> {
  const references = tasks.flatMap((task) => [...secretVariables(task).values()]);
  if (!references.length) return [];
  const find = await findAll(home, owner, references);
  const found = references.flatMap((reference) => {
    const item = find(reference);
    if (!isThere(item)) return [];
    return [[secretNameOf(owner, reference), item.writer === undefined ? item.created : undefined] as const];
  });
  return [...new Map(found)].map(([name, since]) => ({ name, since }));
}

/** Of global secrets for other namespaces it says what it says of none at all: nobody learns of them by referring to them. */
function problemWith({ kind, key }: SecretReference, item: SecretItem | undefined, owner: Owner): string | undefined {
  if (kind === 'pipeline_secret')
    return isThere(item) ? undefined : `secret "${key}" does not exist in pipeline "${owner.pipeline}"`;
  return isThere(item) &&
    [item.namespaces, ...(item.next ?? [])].every((each) => allowsNamespace(each, owner.namespace))
    ? undefined
    : `global secret "${key}" does not exist for namespace "${owner.namespace}"`;
}

/** Why this task can't be given its secrets; `undefined`: it can. */
export async function unmetSecrets(home: Home, owner: Owner, task: TaskConfig): Promise<string | undefined> {
  const variables = secretVariables(task);
  if (!variables.size) return undefined;
  const judge = await judgeOf(home, owner, [...variables.values()]);
  const problems = [...variables].flatMap(([name, reference]) => {
    const problem = judge(reference);
    return problem ? [`variable ${name}: ${problem}`] : [];
  });
  return problems.length ? problems.join('; ') : undefined;
}

/** What a version that is registered now would fail with, were it run now. Secrets may come later. */
export async function secretWarnings(home: Home, owner: Owner, { tasks }: PipelineConfig): Promise<Problem[]> {
  const found = tasks.flatMap((task, i) =>
    [...secretVariables(task)].map(([name, reference]) => ({ task, path: `tasks[${i}].variables.${name}`, reference })),
  );
  if (!found.length) return [];
  const judge = await judgeOf(
    home,
    owner,
    found.map(({ reference }) => reference),
  );
  return found.flatMap(({ task, path, reference }) => {
    const problem = judge(reference);
    if (!problem) return [];
    return [{ path, message: `task "${task.id}": ${problem}`, suggestion: 'put it before the first run' }];
  });
}

/** The ids of the tasks that refer to this secret. */
export const usersOf = ({ tasks }: PipelineConfig, { kind, key }: SecretReference): string[] =>
  tasks
    .filter((task) => [...secretVariables(task).values()].some((each) => each.kind === kind && each.key === key))
    .map(({ id }) => id);
