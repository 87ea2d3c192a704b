/** A container's `Group` names its run, task and launch, so that every event and listing tells whose it is. */
export type Launch = { readonly uid: string; readonly number: number; readonly task: string; readonly launch: number };

/** `<pipeline uid>_<run number>`: names the run's execution, its containers and its log streams. */
export const runName = (uid: string, number: number) => `${uid}_${number}`;

export function parseRunName(name: string): { uid: string; number: number } | undefined {
  const match = /^([a-z0-9]+)_(\d+)$/.exec(name);
  return match?.[1] && match[2] ? { uid: match[1], number: Number(match[2]) } : undefined;
}

export const groupOf = (l: Launch) => `${runName(l.uid, l.number)}/${l.task}/${l.launch}`;

/** `undefined`: not a container of ours. */
export function parseGroup(group: string): Launch | undefined {
  const [name = '', task, launch] = group.split('/');
  const run = parseRunName(name);
  return run && task && launch && /^\d+$/.test(launch) ? { ...run, task, launch: Number(launch) } : undefined;
}
