/** What a config is, whatever the order it was written in. */
import { createHash } from 'node:crypto';
import type { PipelineConfig } from './config.ts';

/**
 * SHA-256 of the config in canonical form, in hexadecimal. Neither the order of keys nor that of tasks matters: tasks are
 * ordered by `depends_on` alone. The order of a command's words does, of course.
 */
export const configHash = (config: PipelineConfig): string =>
  createHash('sha256').update(canonicalConfig(config)).digest('hex');

/** JSON with sorted keys, and tasks sorted by id. */
export function canonicalConfig(config: PipelineConfig): string {
  const tasks = config.tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return JSON.stringify({ ...config, tasks }, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
