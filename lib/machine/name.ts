import { createHash } from 'node:crypto';
import type { MachineDefinition } from '../ports/machines.ts';

/**
 * `gofer_<pipeline uid>_<hash of the definition>`, at most 80 characters. Versions with the same machine share one, and
 * since the name says what is in it, a machine is never updated.
 */
export function machineName(uid: string, definition: MachineDefinition): string {
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 32);
  return `gofer_${uid}_${hash}`;
}
