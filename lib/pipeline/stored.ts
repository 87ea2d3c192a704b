/** A config as it lies in the table, where an item may have 400 KB. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { InvalidError } from '../errors.ts';
import type { ConfigItem } from '../store/items/version.ts';
import type { PipelineConfig } from './config.ts';

/** Configs are JSON; from this many bytes on they are compressed. */
const plain = 50_000;
/** Leaves room for the item's other attributes. */
const most = 350_000;

/** A registry's password never reaches the table. */
export const withoutPasswords = (config: PipelineConfig): PipelineConfig => ({
  ...config,
  tasks: config.tasks.map((task) =>
    task.registry_auth ? { ...task, registry_auth: { user: task.registry_auth.user, pass: '' } } : task,
  ),
});

export function writeConfig(config: PipelineConfig): string {
  const json = JSON.stringify(config);
  const text = Buffer.byteLength(json) < plain ? json : gzipSync(json).toString('base64');
  if (text.length <= most) return text;
  throw new InvalidError(
    `pipeline "${config.id}" takes ${text.length} bytes compressed, and ${most} can be stored; move large scripts or variables into its images or objects`,
  );
}

/** The config of a registered version. */
export const readConfig = ({ config }: Pick<ConfigItem, 'config'>): PipelineConfig =>
  JSON.parse(config.startsWith('{') ? config : gunzipSync(Buffer.from(config, 'base64')).toString()) as PipelineConfig;
