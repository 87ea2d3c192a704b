/** What the checks of one machine ask it. */
import { access, mkdtemp, rmdir, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { connect, remedyOf } from '../../local/containers/docker-connect.ts';
import { ownerOf } from '../../local/lock.ts';
import type { DataFolderFacts } from './data-folder.ts';
import type { DiskFacts } from './disk.ts';
import type { DockerFacts } from './docker.ts';
import type { ImagesFacts } from './images.ts';

export type Machine = {
  docker(): Promise<DockerFacts>;
  dataFolder(path: string): Promise<DataFolderFacts>;
  disk(path: string): Promise<DiskFacts>;
  /** Which of these images are here; without Docker there are none. */
  images(names: readonly string[]): Promise<ImagesFacts>;
};

export const thisMachine: Machine = {
  async docker() {
    const found = await connect();
    if ('error' in found) return { error: found.error.message, remedy: remedyOf(found.error) };
    const { Version, Arch, ApiVersion } = await found.docker.version();
    return { version: Version, api: ApiVersion, architecture: Arch };
  },
  async dataFolder(path) {
    const owner = ownerOf(path);
    const found = await existing(path);
    return {
      path,
      exists: found === resolve(path),
      // Of a folder that is not there yet: whether it can be made.
      writable: await writable(found),
      ...(owner && { server: owner.pid }),
    };
  },
  async disk(path) {
    const { bavail, bsize } = await statfs(await existing(path));
    return { path, free: bavail * bsize };
  },
  async images(names) {
    const found = await connect();
    if ('error' in found) return { wanted: [], missing: [] };
    const missing = await Promise.all(
      names.map((name) =>
        found.docker
          .getImage(name)
          .inspect()
          .then(
            () => [],
            () => [name],
          ),
      ),
    );
    return { wanted: names, missing: missing.flat() };
  },
};

/** The folder, or the nearest one above it that exists. */
async function existing(path: string): Promise<string> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const there = await access(folder).then(
      () => true,
      () => false,
    );
    if (there || folder === dirname(folder)) return folder;
  }
}

/** By trying: rights alone say nothing of read-only disks, and root has them all. */
const writable = (folder: string): Promise<boolean> =>
  mkdtemp(join(folder, '.gofer-doctor-'))
    .then(rmdir)
    .then(
      () => true,
      () => false,
    );
