/** The command line's settings: flags beat the environment, which beats the file, which beats the defaults. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidError } from '../errors.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import type { Io } from './io.ts';
import type { OutputFormat } from './terminal/terminal.ts';

export type Config = {
  readonly api_base_url: string;
  readonly namespace: string;
  readonly token: string;
  readonly output_format: OutputFormat;
  /** Exact times instead of `2m ago`. */
  readonly detail: boolean;
  /** Every request, and the stack of an error. */
  readonly debug: boolean;
  readonly insecure_skip_tls_verify: boolean;
};

type Name = keyof Config;
export type Source = 'flag' | 'environment' | 'file' | 'default';

export type Resolved = {
  readonly config: Config;
  readonly sources: Readonly<Record<Name, Source>>;
  /** The file that was read, if there is one. */
  readonly file?: string;
  /** What is odd but does not stop anything. */
  readonly notices: readonly string[];
};

const defaults: Config = {
  api_base_url: 'http://127.0.0.1:8080',
  namespace: 'default',
  token: '',
  output_format: 'plain',
  detail: false,
  debug: false,
  insecure_skip_tls_verify: false,
};
/** In the order in which they are shown. */
export const settingNames = Object.keys(defaults) as Name[];
const formats: readonly string[] = ['plain', 'json', 'silent'] satisfies OutputFormat[];

/** Flags as commander gives them; absent = not given. */
export type Flags = {
  readonly apiBaseUrl?: string;
  readonly namespace?: string;
  readonly token?: string;
  readonly output?: string;
  readonly detail?: boolean;
  readonly debug?: boolean;
  readonly color?: boolean;
  readonly config?: string;
};

export async function resolveConfig(flags: Flags, io: Pick<Io, 'env' | 'home'>): Promise<Resolved> {
  const fromFlags: Partial<Record<Name, unknown>> = {
    api_base_url: flags.apiBaseUrl,
    namespace: flags.namespace,
    token: flags.token,
    output_format: flags.output,
    detail: flags.detail,
    debug: flags.debug,
  };
  const file = await readConfigFile(flags.config ?? io.env['GOFER_CONFIG'], io.home);
  const sources = {} as Record<Name, Source>;
  const pick = (name: Name): unknown => {
    const variable = `GOFER_${name.toUpperCase()}`;
    const from = (source: Source, value: unknown, place: string): unknown => {
      sources[name] = source;
      check(name, value, place);
      // Gofer's own file takes PLAIN and Plain too.
      return name === 'output_format' ? String(value).toLowerCase() : value;
    };
    if (fromFlags[name] !== undefined) return from('flag', fromFlags[name], flagOf(name));
    // An empty variable is how shells and CI say "not set".
    const env = io.env[variable];
    if (env) return from('environment', parseVariable(name, env), variable);
    if (file && name in file.values) return from('file', file.values[name], `${file.path}: ${name}`);
    return from('default', defaults[name], name);
  };
  const config = Object.fromEntries(settingNames.map((name) => [name, pick(name)])) as Config;
  return {
    config,
    sources,
    ...(file ? { file: file.path } : {}),
    notices: Object.keys(file?.values ?? {})
      .filter((key) => !(key in defaults))
      .map((key) => `${file?.path}: "${key}" is not a setting${suggest(key, settingNames)}`),
  };
}

async function readConfigFile(
  given: string | undefined,
  home: string,
): Promise<{ path: string; values: Record<string, unknown> } | undefined> {
  const candidates = given ? [given] : [join(home, '.gofer.toml'), join(home, '.config', 'gofer.toml')];
  for (const path of candidates) {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && !given) return undefined;
      throw new InvalidError(`the configuration file ${path} can't be read: ${error.code ?? error.message}`);
    });
    if (text === undefined) continue;
    const { parse } = await import('smol-toml');
    try {
      return { path, values: parse(text) };
    } catch (error) {
      const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      const line = error instanceof Error && 'line' in error ? `:${error.line}` : '';
      throw new InvalidError(`${path}${line}: ${reason}`, { cause: error });
    }
  }
  return undefined;
}

function parseVariable(name: Name, text: string): unknown {
  if (typeof defaults[name] !== 'boolean') return text;
  if (/^(1|true|yes)$/i.test(text)) return true;
  return /^(0|false|no)$/i.test(text) ? false : text;
}

function check(name: Name, value: unknown, place: string): void {
  const wrong = (allowed: string) => new InvalidError(`${place} is ${JSON.stringify(value)}; it must be ${allowed}`);
  if (typeof value !== typeof defaults[name])
    throw wrong(typeof defaults[name] === 'boolean' ? 'true or false' : 'text');
  if (name === 'output_format' && !formats.includes(String(value).toLowerCase()))
    throw wrong(`one of ${formats.join(', ')}${suggest(String(value), formats)}`);
  if (name === 'api_base_url' && !/^https?:$/.test(URL.parse(String(value))?.protocol ?? ''))
    throw wrong(`an http:// or https:// address such as ${defaults.api_base_url}`);
}

const flagOf = (name: Name): string => `--${name === 'output_format' ? 'output' : name.replaceAll('_', '-')}`;

const suggest = (word: string, known: readonly string[]): string => {
  const suggestion = didYouMean(word, known);
  return suggestion ? `; ${suggestion}` : '';
};
