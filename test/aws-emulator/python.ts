/** The Python that the emulator runs in: a virtual environment below a folder that git ignores, made once. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../node_modules/.cache/ministack/', import.meta.url));
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** Before all files, which run side by side: none finds it half made. */
export const setup = async (): Promise<void> => void (await python());

/** Path of an interpreter that has what `requirements.txt` names. */
export async function python(): Promise<string> {
  const wanted = await readFile(requirements, 'utf8');
  // Written last: an environment with this file is complete.
  const installed = join(folder, 'installed.txt');
  const interpreter = join(folder, 'bin/python');
  if ((await readFile(installed, 'utf8').catch(() => '')) === wanted) return interpreter;
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await run('python3', ['-m', 'venv', folder]).catch((cause: unknown) => {
    throw new Error('the emulator needs Python 3.10 or later with its venv module (Debian: python3-venv)', { cause });
  });
  await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  await writeFile(installed, wanted);
  return interpreter;
}
