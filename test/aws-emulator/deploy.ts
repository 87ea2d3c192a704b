/** `npx cdk …` of the project's own app, in the emulator's account. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { account, type Emulator, region } from './emulator.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type Outputs = Readonly<Record<string, string>>;
export type Cdk = ReturnType<typeof createCdk>;

/** Works from `folder`: what CDK learns of this account must not stay in the project. */
export function createCdk({ env }: Emulator, folder: string) {
  const place = { cwd: folder, env: { ...env, CDK_DISABLE_CLI_TELEMETRY: 'true' } };
  const cdk = (...args: string[]) => toEnd([...args, '--no-notices'], place);

  /** Settings as they stand under `gofer` in cdk.json. */
  async function configure(settings: object): Promise<void> {
    const project = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as { readonly context: object };
    const app = `node ${join(root, 'bin/cdk.ts')}`;
    const context = { ...project.context, gofer: settings };
    await writeFile(join(folder, 'cdk.json'), JSON.stringify({ ...project, app, context, requireApproval: 'never' }));
  }

  return {
    async bootstrap(): Promise<void> {
      await configure({});
      await cdk('bootstrap', `aws://${account}/${region}`);
    },
    async deploy(settings: object = {}): Promise<Outputs> {
      await configure(settings);
      await cdk('deploy', 'Gofer', '--outputs-file', 'outputs.json');
      const { Gofer = {} } = JSON.parse(await readFile(join(folder, 'outputs.json'), 'utf8')) as Record<
        string,
        Outputs
      >;
      return Gofer;
    },
    destroy: () => cdk('destroy', 'Gofer', '--force'),
  };
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
