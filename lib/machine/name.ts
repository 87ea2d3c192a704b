import { createHash } from 'node:crypto';
import type { MachineDefinition } from '../ports/machines.ts';

const hashLength = 32;
/** As long as a pipeline's uid. */
const keyLength = 12;

const hashOf = (content: unknown) => createHash('sha256').update(JSON.stringify(content)).digest('hex');

/**
 * `gofer_<key>_<hash of the definition>`, at most 80 characters; the key is the pipeline's uid, or a stack's. Versions
 * with the same machine share one, and since the name says what is in it, a machine is never updated.
 */
export const machineName = (key: string, definition: MachineDefinition): string =>
  `gofer_${key}_${hashOf(definition).slice(0, hashLength)}`;

/**
 * A name for a definition whose machines of the names in `taken` were removed, or are being: whoever deletes one of those
 * late must not meet a new one.
 */
export function freshName(key: string, definition: MachineDefinition, taken: readonly string[]): string {
  const name = machineName(key, definition);
  if (!taken.includes(name)) return name;
  const hash = hashOf(definition).slice(0, hashLength);
  for (let generation = 1; ; generation++) {
    const another = `gofer_${key}_${generation}_${hash}`;
    if (!taken.includes(another)) return another;
  }
}

/** Whether a machine of this name, whoever made it, has this definition. */
export const isNameOf = (machine: string, definition: MachineDefinition): boolean =>
  machine.endsWith(`_${hashOf(definition).slice(0, hashLength)}`);

/** What a stack has instead of a uid, which is made when the pipeline is first registered: known at synthesis. */
export const stackKey = (stack: string, namespace: string, pipeline: string): string =>
  hashOf([stack, namespace, pipeline]).slice(0, keyLength);
