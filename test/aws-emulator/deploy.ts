/** `npx cdk …` in the emulator's account. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { account, type Emulator, region } from './emulator.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type Outputs = Readonly<Record<string, string>>;
export type Cdk = ReturnType<typeof createCdk>;

/** An app of one stack: its command, from the folder that it is in. */
export type CdkApp = { readonly command: string; readonly stack: string };

const ownApp: CdkApp = { command: `node ${join(root, 'bin/cdk.ts')}`, stack: 'Gofer' };

/** Works from `folder`: what CDK learns of this account must not stay in the project. */
export function createCdk({ env }: Emulator, folder: string, { command: app, stack }: CdkApp = ownApp) {
  const place = { cwd: folder, env: { ...env, CDK_DISABLE_CLI_TELEMETRY: 'true' } };
  const cdk = (...args: string[]) => toEnd([...args, '--no-notices'], place);

  /** Settings as they stand under `gofer` in cdk.json. */
  async function configure(settings: object): Promise<void> {
    const project = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as { readonly context: object };
    const context = { ...project.context, gofer: settings };
    await writeFile(join(folder, 'cdk.json'), JSON.stringify({ ...project, app, context, requireApproval: 'never' }));
  }

  return {
    /** As an administrator does once an account. */
    async bootstrap(): Promise<void> {
      await configure({});
      await cdk('bootstrap', `aws://${account}/${region}`);
    },
    async deploy(settings: object = {}): Promise<Outputs> {
      await configure(settings);
      await cdk('deploy', stack, '--outputs-file', 'outputs.json');
      const outputs = JSON.parse(await readFile(join(folder, 'outputs.json'), 'utf8')) as Record<string, Outputs>;
      return outputs[stack] ?? {};
    },
    diff: () => cdk('diff', stack),
    destroy: () => cdk('destroy', stack, '--force'),
  };
}

type Place = { readonly cwd: string; readonly env: Readonly<Record<string, string>> };

/** All that it said. */
async function toEnd(args: readonly string[], place: Place): Promise<string> {
  const child = spawn(join(root, 'node_modules/.bin/cdk'), args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`cdk ${args[0]} ended with exit code ${code}:\n${said.slice(-4000)}`);
  return said;
}
