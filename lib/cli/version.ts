/** The package's version: from package.json, which lies above this file in the sources and above the bundle alike. */
import { existsSync, readFileSync } from 'node:fs';

export function version(): string {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    const file = new URL('package.json', folder);
    if (existsSync(file)) {
      const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if (typeof found === 'object' && found && 'version' in found) return String(found.version);
    }
    // Above the root there is only the root.
    if (new URL('../', folder).href === folder.href) return 'unknown';
  }
}
