/** The licences of what is bundled: most of them ask to travel with every copy. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `inputs` are the files of the bundle. */
export async function writeLicences(inputs: readonly string[], file: string): Promise<void> {
  const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const texts = await Promise.all([...folders].sort().map(licenceOf));
  await writeFile(file, texts.join(`\n${'-'.repeat(80)}\n\n`));
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const found = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = found ? await readFile(join(folder, found), 'utf8') : `Licence: ${license}\n`;
  return `${name} ${version}\n\n${text}`;
}
