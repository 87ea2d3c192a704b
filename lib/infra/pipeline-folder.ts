/** A folder of pipelines that live in the stack. */
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { loadPipeline } from '../source/load.ts';
import type { Gofer } from './gofer.ts';
import { Pipeline } from './pipeline.ts';
import { SettingsError } from './settings.ts';

const kinds = ['.ts', '.js', '.json', '.yaml', '.yml'];

/** Every file of a known kind is a pipeline; what begins with `_` or `.` is there for the others. */
export async function addPipelines(gofer: Gofer, folder: string): Promise<void> {
  const found = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    const message = `pipelines is "${folder}", which can't be read (${cause.code}); allowed: a folder of pipelines`;
    throw new SettingsError([{ path: 'pipelines', message }]);
  });
  const files = found.filter((file) => kinds.includes(extname(file)) && !/^[_.]|\.d\.ts$/.test(file)).sort();
  const from = new Map<string, string>();
  for (const file of files) {
    const { config } = await loadPipeline(join(folder, file));
    const other = from.get(config.id);
    if (other) {
      const message = `pipelines: ${other} and ${file} both make the pipeline "${config.id}"; allowed: one file a pipeline`;
      throw new SettingsError([{ path: 'pipelines', message }]);
    }
    from.set(config.id, file);
    new Pipeline(gofer, config.id, config);
  }
}
