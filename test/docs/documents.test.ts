/** The documents are held to the code: their pipelines are valid, their commands exist, their links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../lib/api/operations.ts';
import { Runner } from '../../lib/cli/command.ts';
import { processIo } from '../../lib/cli/io.ts';
import { createProgram } from '../../lib/cli/program.ts';
import { createClient } from '../../lib/client/client.ts';
import { pipelineJsonSchema } from '../../lib/pipeline/schema.ts';
import { loadPipeline } from '../../lib/source/load.ts';

const root = new URL('../../', import.meta.url).pathname;
const documents = ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].map(
  (path) => ({ path, text: readFileSync(join(root, path), 'utf8') }),
);
const blocks = documents.flatMap(({ path, text }) =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', code = ''], i) => ({
    place: `${path}, block ${i + 1}`,
    language,
    code,
  })),
);

describe('pipelines', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gofer-docs-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const pipelines = blocks.filter(({ language }) => ['ts', 'json', 'yaml'].includes(language));

  test.each(pipelines)('$place is valid', async ({ language, code, place }) => {
    const file = join(folder, `${place.replaceAll(/\W+/g, '-')}.${language}`);
    await writeFile(file, code);
    await expect(loadPipeline(file)).resolves.toHaveProperty('config.tasks');
  });

  test('have every field of the schema described', () => {
    const reference = documents.find(({ path }) => path === 'docs/pipelines.md')?.text ?? '';
    const described = new Set([...reference.matchAll(/`([\w.]+)`/g)].flatMap(([, name = '']) => name.split('.')));
    const names = fieldsOf(pipelineJsonSchema());
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !described.has(name))).toEqual([]);
  });
});

/** Names of all properties in a JSON Schema, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];
  return [...new Set([...own, ...Object.values(schema).flatMap(fieldsOf)])].filter((name) => name !== '');
}

describe('commands', () => {
  const program = createProgram(new Runner(processIo()), '0.0.0');
  const written = [
    ...blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => code.split('\n')),
    ...documents.flatMap(({ text }) => [...text.matchAll(/`(gofer [^`]+)`/g)].map(([, command = '']) => command)),
  ].flatMap((line) => /^gofer (?!--silent)(.*)/.exec(line.trim())?.[1] ?? []);

  test('are found in the documents', () => expect(written.length).toBeGreaterThan(20));

  test.each([...new Set(written)])('gofer %s exists', (line) => {
    const words = line.replace(/#.*/, '').replaceAll(/[[\]]/g, ' ').trim().split(/\s+/);
    let command: Command = program;
    for (const word of words) {
      const [sub] = command.commands.filter((each) => each.name() === word.replace(/,$/, ''));
      if (!sub) break;
      command = sub;
    }
    const first = words[0] ?? '';
    if (/^[a-z]/.test(first)) expect(command.name()).not.toBe('gofer');
    const options = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
    const used = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.replace(/[,=].*/, ''));
    expect(used.filter((option) => option !== '--help' && !options.includes(option))).toEqual([]);
  });
});

test('programs call what the client has', () => {
  const programs = blocks.filter(({ language }) => language === 'typescript').map(({ code }) => code);
  const called = programs.flatMap((code) => [...code.matchAll(/client\.(\w+)\.(\w+)\(/g)]);
  expect(called.length).toBeGreaterThan(1);
  const client = createClient({ baseUrl: 'http://127.0.0.1' });
  for (const [, noun = '', verb = ''] of called) expect(client).toHaveProperty([noun, verb], expect.any(Function));
});

describe('scripts and the CDK', () => {
  const lines = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => code.split('\n'));
  const inline = documents.flatMap(({ text }) => [...text.matchAll(/`(np[mx] [^`]+)`/g)].map(([, line = '']) => line));
  const written = [...lines, ...inline].map((line) => line.trim());

  test('every script exists', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = written.flatMap((line) =>
      [...line.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name = '') => !(name in scripts))).toEqual([]);
  });

  test('every command of the CDK exists', () => {
    const named = written.flatMap((line) => /^npx cdk ([\w-]+)/.exec(line)?.[1] ?? []);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !['bootstrap', 'deploy', 'destroy', 'diff', 'synth'].includes(name))).toEqual([]);
  });
});

test('every command is in the overview', () => {
  const overview = documents.find(({ path }) => path === 'docs/cli.md')?.text ?? '';
  const program = createProgram(new Runner(processIo()), '0.0.0');
  const visible = program.createHelp().visibleCommands(program);
  const missing = visible.map((each) => each.name()).filter((name) => !overview.includes(`gofer ${name}`));
  expect(missing).toEqual(['help']);
});

test('every list of the API has pages', () => {
  const lists = operations.filter(({ operationId }) => operationId.startsWith('list_'));
  expect(lists.length).toBeGreaterThan(15);
  for (const { operationId, query } of lists)
    expect({ operationId, takes: Object.keys(query?.shape ?? {}) }).toMatchObject({
      operationId,
      takes: expect.arrayContaining(['limit', 'offset', 'reverse']),
    });
});

test('every path of the API is in its page', () => {
  const page = documents.find(({ path }) => path === 'docs/api.md')?.text ?? '';
  const nouns = operations.map(
    ({ path }) =>
      path
        .split('/')
        .filter((part) => !part.startsWith('{'))
        .at(-1) ?? '',
  );
  expect([...new Set(nouns)].filter((noun) => !page.includes(`/${noun}`))).toEqual([]);
});

test('every example is linked from a page', () => {
  const pages = documents.filter(({ path }) => path !== 'CHANGELOG.md').map(({ text }) => text);
  const examples = readdirSync(join(root, 'examples'));
  expect(examples.length).toBeGreaterThan(10);
  expect(examples.filter((name) => !pages.some((text) => text.includes(`examples/${name}`)))).toEqual([]);
});

describe('links', () => {
  const links = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)]+)/g)].map(([, to = '']) => ({ path, to })),
  );

  test.each(links)('of $path to $to leads somewhere', ({ path, to }) => {
    const [file = '', anchor] = to.split('#');
    const target = join(root, file ? join(dirname(path), file) : path);
    expect(existsSync(target)).toBe(true);
    if (anchor) expect(headingsOf(readFileSync(target, 'utf8'))).toContain(anchor);
  });
});

/** The anchors of a page's headings. */
const headingsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
