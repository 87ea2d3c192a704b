/** The declarations of what is exported: those that an entry reaches, and nothing of the rest that the compiler wrote. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `from './types.ts'`, and the compiler's own `import("./types.ts")`. */
const imports = /(from '|import\(")(\.[^'"]+)\.ts(?=['"])/g;

/** Copies `entries` and what they import. Imports of `.ts` become those of `.js`, which every compiler setting resolves. */
export async function writeDeclarations(from: string, to: string, entries: readonly string[]): Promise<void> {
  const left = [...entries];
  for (const file of left) {
    const text = await readFile(join(from, file), 'utf8');
    for (const [, , path] of text.matchAll(imports)) {
      const imported = join(dirname(file), `${path}.d.ts`);
      if (!left.includes(imported)) left.push(imported);
    }
    const target = join(to, file);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text.replaceAll(imports, '$1$2.js'));
  }
}
