/** What `npx cdk bootstrap && npx cdk deploy` does, in the emulator's account. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { account, type Emulator, region } from './emulator.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type Outputs = Readonly<Record<string, string>>;

/** Deploys the project's own app from `folder`: what CDK learns of this account must not stay in the project. */
export async function deploy({ env }: Emulator, folder: string): Promise<Outputs> {
  const settings = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as object;
  const app = `node ${join(root, 'bin/cdk.ts')}`;
  await writeFile(join(folder, 'cdk.json'), JSON.stringify({ ...settings, app, requireApproval: 'never' }));
  const cdk = (...args: string[]) =>
    toEnd([...args, '--no-notices'], { cwd: folder, env: { ...env, CDK_DISABLE_CLI_TELEMETRY: 'true' } });

  await cdk('bootstrap', `aws://${account}/${region}`);
  await cdk('deploy', 'Gofer', '--outputs-file', 'outputs.json');
  const { Gofer = {} } = JSON.parse(await readFile(join(folder, 'outputs.json'), 'utf8')) as Record<string, Outputs>;
  return Gofer;
}

type Place = { readonly cwd: string; readonly env: Readonly<Record<string, string>> };

async function toEnd(args: readonly string[], place: Place): Promise<void> {
  const child = spawn(join(root, 'node_modules/.bin/cdk'), args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`cdk ${args[0]} ended with exit code ${code}:\n${said.slice(-4000)}`);
}
