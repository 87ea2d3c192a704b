/** Docker for the demo, if it can be had with the demo's image. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const docker = (...args: string[]) => promisify(execFile)('docker', args, { timeout: 60_000 });

/** `process` when Docker is there but can't get the image, as on a machine without a network; else what the server finds. */
export async function chooseContainers(image: string, say: (line: string) => void): Promise<'auto' | 'process'> {
  try {
    await docker('version');
  } catch {
    return 'auto';
  }
  try {
    await docker('image', 'inspect', image).catch(() => docker('pull', '--quiet', image));
    return 'auto';
  } catch {
    say(`Docker has no image ${image} and can't pull it, so the tasks run as plain processes of this machine.`);
    return 'process';
  }
}
