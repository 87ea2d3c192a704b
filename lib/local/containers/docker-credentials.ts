/** Registry credentials as `docker login` keeps them: in Docker's own config file, or in a helper that it names. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { GoferError } from '../../errors.ts';

/** What Docker's API takes in `X-Registry-Auth`. */
export type Credentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

type ConfigFile = {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
};

const hub = 'https://index.docker.io/v1/';

/** The key of Docker's config file for an image: its registry's host, or Docker Hub's old address. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return !isHost || first === 'docker.io' || first === 'index.docker.io' ? hub : first;
}

/** `undefined`: nobody has logged in there. */
export async function credentialsOf(
  image: string,
  folder = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'),
): Promise<Credentials | undefined> {
  const config = await readConfig(join(folder, 'config.json'));
  const registry = registryOf(image);
  const helper = config.credHelpers?.[registry] ?? config.credsStore;
  const stored = helper === undefined ? undefined : await ask(helper, registry);
  return stored ?? plain(config, registry);
}

async function readConfig(path: string): Promise<ConfigFile> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  try {
    return JSON.parse(content) as ConfigFile;
  } catch (cause) {
    throw new GoferError(500, 'failed_precondition', `${path} is not valid JSON; \`docker login\` writes it anew`, {
      cause,
    });
  }
}

function plain(config: ConfigFile, registry: string): Credentials | undefined {
  const entry = config.auths?.[registry] ?? config.auths?.[`https://${registry}`];
  if (entry?.identitytoken) return { identitytoken: entry.identitytoken, serveraddress: registry };
  if (!entry?.auth) return undefined;
  const [username = '', ...password] = Buffer.from(entry.auth, 'base64').toString().split(':');
  return { username, password: password.join(':'), serveraddress: registry };
}

/** A helper that isn't there or knows nothing leaves the image public: the registry's answer then says what is missing. */
async function ask(helper: string, registry: string): Promise<Credentials | undefined> {
  const child = spawn(`docker-credential-${helper}`, ['get'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const exit = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
  child.stdin.on('error', () => {});
  child.stdin.end(registry);
  const [answer, known] = await Promise.all([text(child.stdout), exit]);
  if (!known) return undefined;
  const { Username, Secret } = JSON.parse(answer) as { Username: string; Secret: string };
  // The helpers' own sign for a token in place of a password.
  if (Username === '<token>') return { identitytoken: Secret, serveraddress: registry };
  return { username: Username, password: Secret, serveraddress: registry };
}
