/** From a path to a checked pipeline config: a module, a document, standard input, or a program that prints one. */
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { InvalidError } from '../errors.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { InvalidPipelineError } from '../pipeline/problem.ts';
import { parsePipeline } from '../pipeline/schema.ts';
import { type Document, readJson, readYaml } from './document.ts';
import { runModule } from './module.ts';
import { type ProgramOptions, runProgram } from './program.ts';

export type Source = {
  readonly config: PipelineConfig;
  /** The pipeline as it was written, for sending on. */
  readonly raw: unknown;
  /** What errors and progress call it: the path as given, or `standard input`. */
  readonly source: string;
};

export type LoadOptions = {
  /** Read for the path `-`. Default: the process's own. */
  readonly stdin?: Readable;
  /** Relative paths start here. Default: the process's own. */
  readonly cwd?: string;
  /** For modules and programs. Default 120 s. */
  readonly timeoutMs?: number;
};

const defaultTimeoutMs = 120_000;
const modules = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
const allowed =
  'allowed: a .ts, .js, .mjs, .cjs, .json, .yaml or .yml file, a folder with go.mod or Cargo.toml, an executable, or - for standard input';

/**
 * Loads and checks the pipeline at `path`. Throws `InvalidPipelineError` with every problem (and its line, in JSON and
 * YAML), and `InvalidError` when there is nothing to check: no such file, an error in the module, a program that failed.
 *
 * @example const { config } = await loadPipeline('examples/demo.ts');
 */
export async function loadPipeline(path: string, options: LoadOptions = {}): Promise<Source> {
  const source = path === '-' ? 'standard input' : path;
  const document = path === '-' ? await readStandardInput(options) : await read(path, options);
  const result = parsePipeline(document.value);
  if ('config' in result) return { config: result.config, raw: document.value, source };
  const problems = result.problems.map((problem) => {
    const line = problem.more === undefined ? document.lineOf?.(problem.path) : undefined;
    return line === undefined ? problem : { ...problem, line };
  });
  throw new InvalidPipelineError(source, problems);
}

async function readStandardInput({ stdin = process.stdin }: LoadOptions): Promise<Document> {
  const content = await text(stdin);
  if (!content.trim()) throw new InvalidError('standard input is empty; pipe a pipeline into it, as JSON or YAML');
  return content.trimStart().startsWith('{')
    ? readJson(content, 'standard input')
    : readYaml(content, 'standard input');
}

async function read(path: string, options: LoadOptions): Promise<Document> {
  const cwd = options.cwd ?? process.cwd();
  const file = resolve(cwd, path);
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'does not exist' : `can't be read (${cause.code})`;
    throw new InvalidError(`${path} ${why}; ${allowed}`, { cause });
  });
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  if (found.isDirectory()) return readFolder(file, path, timeoutMs);
  const extension = extname(file).toLowerCase();
  if (modules.includes(extension)) return { value: await runModule(file, path, timeoutMs) };
  if (extension === '.json') return readJson(await readFile(file, 'utf8'), path);
  if (extension === '.yaml' || extension === '.yml') return readYaml(await readFile(file, 'utf8'), path);
  if (await isExecutable(file)) return readPrinted([file], { cwd, timeoutMs, source: path });
  throw new InvalidError(`${path} is neither a known kind of file nor executable (chmod +x ${path}?); ${allowed}`);
}

/** What makes a folder a program, and how it is run. */
const programs = [
  { marker: 'go.mod', command: ['go', 'run', '.'] },
  { marker: 'Cargo.toml', command: ['cargo', 'run', '--quiet'] },
];

async function readFolder(folder: string, path: string, timeoutMs: number): Promise<Document> {
  for (const { marker, command } of programs) {
    if (await exists(join(folder, marker))) return readPrinted(command, { cwd: folder, timeoutMs, source: path });
  }
  throw new InvalidError(
    `${relative(process.cwd(), folder) || path} holds neither go.mod nor Cargo.toml; name the pipeline's file in it`,
  );
}

const readPrinted = async (command: readonly string[], options: ProgramOptions): Promise<Document> =>
  readJson(await runProgram(command, options), `what ${options.source} printed`);

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

const isExecutable = (file: string) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
