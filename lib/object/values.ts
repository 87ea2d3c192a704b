/** Objects as values of a task's variables: `run_object{{ key }}`. They are looked up when the task starts. */
import type { Home } from '../home.ts';
import type { TaskConfig } from '../pipeline/config.ts';
import { longestOverrides } from '../pipeline/limit.ts';
import type { RunItem } from '../run/run.ts';
import { type ObjectItem, objectKey } from '../store/items/object.ts';
import { type Reference, referenceIn } from '../task/interpolation.ts';
import { overridesLength } from '../task/request.ts';
import { variablesOf } from '../task/variables.ts';
import { mostInRow } from './limits.ts';
import { type ObjectPlace, placesOf } from './place.ts';

/** By the variable's name. */
export type ObjectValues = Readonly<Record<string, string>>;

/** `problem`: the task can't start. `values` is absent when no variable refers to an object. */
export type FoundValues = { readonly values?: ObjectValues } | { readonly problem: string };

export async function objectValues(home: Home, run: RunItem, task: TaskConfig): Promise<FoundValues> {
  const references = referencesOf(run, task);
  if (!references.length) return {};
  const places = placesOf(run, home.settings);
  const keys = references.map(({ kind, key }) => objectKey(places[kind].owner, places[kind].prefix, key));
  const rows = (await home.table.getMany(keys)) as (ObjectItem | undefined)[];
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [i, { variable, kind, key }] of references.entries()) {
    const found = valueIn(rows[i], places[kind]);
    if ('value' in found) values[variable] = found.value;
    else problems.push(`variable ${variable} refers to object "${key}", ${found.problem}`);
  }
  if (!problems.length) problems.push(...tooLong(home, run, task, values));
  return problems.length ? { problem: problems.join('\n') } : { values };
}

type ObjectReference = Reference & { readonly kind: 'pipeline_object' | 'run_object'; readonly variable: string };

const isToObject = (reference: Reference): reference is Omit<ObjectReference, 'variable'> =>
  reference.kind === 'pipeline_object' || reference.kind === 'run_object';

/** A run's own variables are plain. */
const referencesOf = (run: RunItem, task: TaskConfig): ObjectReference[] =>
  variablesOf(run, task).flatMap(({ key: variable, value, source }) => {
    const reference = source === 'pipeline_config' ? referenceIn(value) : undefined;
    return reference && isToObject(reference) ? [{ ...reference, variable }] : [];
  });

function valueIn(row: ObjectItem | undefined, { where }: ObjectPlace): { value: string } | { problem: string } {
  if (row?.created === undefined) return { problem: `which does not exist ${where}` };
  if (row.data === undefined)
    return {
      problem: `which has ${row.size} bytes; a variable may hold ${mostInRow}: let the task get it over the API`,
    };
  const value = textOf(Buffer.from(row.data, 'base64'));
  return value === undefined ? { problem: 'which is not text; a variable holds UTF-8 without a zero byte' } : { value };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function tooLong({ settings }: Home, run: RunItem, task: TaskConfig, values: ObjectValues): string[] {
  if (settings.kind !== 'aws') return [];
  const length = overridesLength(run, task, { size: settings.size, values });
  if (length <= longestOverrides) return [];
  const names = Object.keys(values).join(', ');
  return [
    `its command and variables take ${length} characters with the objects in ${names}; AWS allows ${longestOverrides}: let the task get large ones over the API`,
  ];
}
