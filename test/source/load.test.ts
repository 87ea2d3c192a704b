import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { loadPipeline } from '../../lib/source/load.ts';
import { pipelineTemplate } from '../../lib/source/template.ts';

const cwd = mkdtempSync(join(tmpdir(), 'gofer-source-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

function write(name: string, lines: string[], mode = 0o644): string {
  writeFileSync(join(cwd, name), lines.join('\n'));
  chmodSync(join(cwd, name), mode);
  return name;
}
const idOf = async (path: string) => (await loadPipeline(path, { cwd })).config.id;
const failed = async (path: string, options = {}): Promise<string> =>
  loadPipeline(path, { cwd, ...options }).then(
    () => 'loaded',
    (error: Error) => error.message,
  );
const json = '{"id":"from-json","tasks":[{"id":"one","image":"busybox"}]}';

describe('modules', () => {
  const sdk = "import { pipeline, task } from 'gofer-serverless';";
  const made = "pipeline({ id: 'made', tasks: [task({ id: 'one', image: 'busybox' })] })";

  test.each([
    ['a pipeline in TypeScript', 'a.ts', [sdk, 'const n: number = 1;', `export default ${made};`]],
    ['a function', 'b.mjs', [sdk, `export default () => ${made};`]],
    ['a promise', 'c.js', [sdk, `export default Promise.resolve(${made});`]],
    ['an async function', 'd.ts', [sdk, `export default async () => ${made};`]],
    ['CommonJS', 'e.cjs', ["const { pipeline, task } = require('gofer-serverless');", `module.exports = ${made};`]],
    ['plain data', 'f.mjs', ["export default { id: 'made', tasks: [{ id: 'one', image: 'busybox' }] };"]],
    ['one that leaves a timer', 'g.ts', [sdk, 'setInterval(() => {}, 1000);', `export default ${made};`]],
  ])('%s is loaded, in a folder where nothing is installed', async (_, name, lines) => {
    expect(await idOf(write(name, lines))).toBe('made');
  });

  test('problems come with the place of the call', async () => {
    const file = write('problems.ts', [sdk, '', "export default pipeline({ id: 'x', tasks: [] });"]);
    expect(await failed(file)).toMatch(/^problems\.ts:3:16 has 2 problems:\n {2}id is "x".*\n {2}tasks is empty/);
  });

  test.each([
    ['a syntax error', 's.ts', ['const a = 1;', 'const x = ;'], /^s\.ts:2: .*[Ee]xpress/],
    [
      'an error at run time',
      't.mjs',
      ['', 'export default () => undefined.x;'],
      /^t\.mjs:2:\d+: TypeError: Cannot read/,
    ],
    ['an enum', 'n.ts', ['export enum A { B }'], /^n\.ts:1: TypeScript enum is not supported/],
    [
      'a missing package',
      'i.mjs',
      ["import x from 'not-installed-here';", 'export default x;'],
      /^i\.mjs: Cannot find package 'not-installed-here'/,
    ],
    [
      'no default export',
      'd.mjs',
      ['export const build = 1;'],
      /^d\.mjs: it has no default export \(it exports build\); write: export default/,
    ],
    [
      'nothing',
      'u.mjs',
      ['export default undefined;'],
      /^u\.mjs: its default export gives undefined, which is no pipeline/,
    ],
    ['a thrown word', 'w.mjs', ["throw 'no';"], /^w\.mjs: it threw no/],
    ['an early end', 'x.mjs', ['process.exit(0);'], /^x\.mjs: ended before it gave a pipeline/],
  ])('%s is told with file and line', async (_, name, lines, message) => {
    expect(await failed(write(name, lines))).toMatch(message);
  });

  test('a loop without end is ended', async () => {
    expect(await failed(write('loop.mjs', ['for (;;);']), { timeoutMs: 300 })).toBe(
      'loop.mjs: gave no pipeline within 1s',
    );
  });
});

describe('documents', () => {
  test('JSON and YAML are loaded', async () => {
    expect(await idOf(write('a.json', [json]))).toBe('from-json');
    const yaml = ['id: from-yaml', 'tasks:', '  - &one { id: one, image: busybox }', '  - { <<: *one, id: two }'];
    expect(await loadPipeline(write('a.yml', yaml), { cwd })).toMatchObject({
      config: { id: 'from-yaml', tasks: [{ id: 'one' }, { id: 'two', image: 'busybox' }] },
      source: 'a.yml',
    });
  });

  test('problems come with their lines', async () => {
    const yaml = [
      'id: build',
      'tasks:',
      '  - id: one',
      '    image: busybox',
      '    depends_on:',
      '      tow: Any',
      '  - id: two',
    ];
    expect(await failed(write('p.yaml', yaml))).toBe(
      [
        'p.yaml has 2 problems:',
        '  line 6, tasks[0].depends_on.tow: task "one" depends on "tow", which is not in this pipeline; did you mean "two"?',
        '  line 7, tasks[1].image: task "two": image is missing',
      ].join('\n'),
    );
    const lines = ['{"id": "build",', '"tasks": [{"id": "one", "image": "busybox",', '"variables": {', '"a b": ""}}]}'];
    expect(await failed(write('p.json', lines))).toMatch(/^p\.json: line 4, tasks\[0\]\.variables\["a b"\]: /);
  });

  test.each([
    ['broken JSON', 'b.json', ['{"id":', '}'], /^b\.json is not JSON, line 2: Unexpected token '}'/],
    ['an empty file', 'e.json', [''], /^e\.json is not JSON: it is empty$/],
    ['broken YAML', 'b.yaml', ['id: build', 'tasks: ['], /^b\.yaml is not YAML:\n.*line 2/],
    ['a key twice', 'k.yaml', ['id: build', 'id: again'], /^k\.yaml is not YAML:\n.*unique at line 2/],
    ['an unknown anchor', 'x.yaml', ['id: *nowhere'], /^x\.yaml.*nowhere/s],
  ])('%s is told with file and line', async (_, name, lines, message) => {
    expect(await failed(write(name, lines))).toMatch(message);
  });

  test('standard input is JSON or YAML', async () => {
    const yaml = 'id: from-stdin\ntasks: [{ id: one, image: busybox }]';
    expect(await loadPipeline('-', { stdin: Readable.from([yaml]) })).toMatchObject({
      config: { id: 'from-stdin' },
      source: 'standard input',
    });
    expect((await loadPipeline('-', { stdin: Readable.from([json]) })).raw).toEqual(JSON.parse(json));
    expect(await failed('-', { stdin: Readable.from(['{']) })).toMatch(/^standard input is not JSON, line 1: /);
    expect(await failed('-', { stdin: Readable.from(['']) })).toMatch(/^standard input is empty/);
  });
});

describe('programs', () => {
  const script = (name: string, ...lines: string[]) => write(name, ['#!/bin/sh', ...lines], 0o755);

  test('anything executable that prints JSON is a source', async () => {
    expect(await idOf(script('print', `echo reading >&2; echo '${json}'`))).toBe('from-json');
  });

  test.each([
    ['an exit code', ['echo one >&2; echo two >&2; exit 3'], /^said ended with exit code 3:\n {2}one\n {2}two$/],
    ['a signal', ['kill -9 $$'], /^said ended with SIGKILL, without a word on standard error$/],
    ['something else than JSON', ['echo Hello'], /^what said printed is not JSON, line 1: .*Hello/],
    ['nothing', ['true'], /^what said printed is not JSON: it is empty$/],
    ['a config with problems', ['echo "{}"'], /^said has 2 problems:\n.*id is missing/],
  ])('%s is told', async (_, lines, message) => {
    expect(await failed(script('said', ...lines))).toMatch(message);
  });

  test('one that takes too long is ended', async () => {
    expect(await failed(script('slow', 'echo thinking >&2; exec sleep 60'), { timeoutMs: 300 })).toMatch(
      /^slow printed no pipeline within 1s/,
    );
  });

  test.each([
    ['go.mod', 'go', 'run .'],
    ['Cargo.toml', 'cargo', 'run --quiet'],
  ])('a folder with %s is run by %s', async (marker, program, args) => {
    mkdirSync(join(cwd, `with-${program}`), { recursive: true });
    write(join(`with-${program}`, marker), ['']);
    script(program, `[ "$*" = "${args}" ] && [ -f ${marker} ] && echo '${json}'`);
    vi.stubEnv('PATH', `${cwd}:${process.env['PATH']}`);
    expect(await idOf(`with-${program}`)).toBe('from-json');
  });

  test.each([
    ['go.mod', 'go', 'Go'],
    ['Cargo.toml', 'cargo', 'Rust'],
  ])('a folder with %s needs the program %s, and says where to get it', async (marker, program, language) => {
    mkdirSync(join(cwd, `no-${program}`), { recursive: true });
    write(join(`no-${program}`, marker), ['']);
    vi.stubEnv('PATH', '/nonexistent');
    expect(await failed(`no-${program}`)).toMatch(
      new RegExp(`^no-${program} needs the program "${program}", which was not found; install ${language}`),
    );
  });
});

test.each([
  ['nowhere.ts', /^nowhere\.ts does not exist; allowed: /],
  [
    write('plain.txt', ['text']),
    /^plain\.txt is neither a known kind of file nor executable \(chmod \+x plain\.txt\?\)/,
  ],
  ['.', /holds neither go\.mod nor Cargo\.toml; name the pipeline's file in it$/],
])('%s is no source', async (path, message) => {
  expect(await failed(path)).toMatch(message);
});

test("init's first pipeline loads as it is", async () => {
  const { config } = await loadPipeline(write('first.ts', [pipelineTemplate('my-first')]), { cwd });
  expect(config.id).toBe('my-first');
  expect(config.tasks.map(({ id }) => id)).toEqual(['build', 'test-unit', 'test-lint', 'report-failure']);
});
