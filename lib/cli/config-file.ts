/** Settings that a command writes into the configuration file: the lines that are there stay as somebody wrote them. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidError } from '../errors.ts';
import type { Config } from './config.ts';
import type { Session } from './session.ts';

/** Where the settings of this session come from, or would. */
const fileOf = ({ io, resolved }: Session): string => resolved.file ?? join(io.home, '.gofer.toml');

/** Returns the file's path. It may hold a token, so from now on its owner alone may read it. */
export async function saveSettings(
  session: Session,
  settings: Partial<Pick<Config, 'api_base_url' | 'token'>>,
): Promise<string> {
  const path = fileOf(session);
  try {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, withSettings(text, settings), { mode: 0o600 });
    await chmod(path, 0o600);
    return path;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidError(`the settings can't be saved in ${path}: ${reason}`, { cause: error });
  }
}

/** TOML in which each setting stands once, above the first table. */
export function withSettings(text: string, settings: Readonly<Record<string, string>>): string {
  const table = /^\s*\[/m.exec(text)?.index ?? text.length;
  let top = text.slice(0, table);
  for (const [name, value] of Object.entries(settings)) {
    const line = `${name} = ${JSON.stringify(value)}`;
    const known = new RegExp(`^[ \\t]*(?:${name}|"${name}")[ \\t]*=.*$`, 'm');
    // A function, so that no dollar sign of a value means anything.
    top = known.test(top) ? top.replace(known, () => line) : `${top}${top && !top.endsWith('\n') ? '\n' : ''}${line}\n`;
  }
  return top + text.slice(table);
}
