import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../e2e/program.ts';
import { gofer } from './fake-io.ts';

/** What fits the line so far: the last word is the one that is typed. */
async function complete(...words: string[]) {
  const { code, stdout } = await gofer(['complete', '--', ...words]);
  expect(code).toBe(0);
  const lines = stdout.split('\n').filter(Boolean);
  return {
    words: lines.filter((line) => line !== ':files').map((line) => line.split('\t')[0]),
    files: lines.includes(':files'),
    lines,
  };
}

describe('completes', () => {
  test('commands and those below them, with what they do', async () => {
    expect((await complete('')).words).toEqual(expect.arrayContaining(['init', 'run', 'pipeline', 'completion']));
    expect((await complete('pip')).lines).toEqual([expect.stringMatching(/^pipeline\t\w+/)]);
    expect((await complete('run', 'st')).words).toEqual(['start']);
    expect((await complete('pipeline', 'config', '')).words).toEqual(expect.arrayContaining(['list', 'get', 'delete']));
  });

  test('options, those of every command too', async () => {
    expect((await complete('run', 'list', '--')).words).toEqual(
      expect.arrayContaining(['--limit', '--namespace', '--help']),
    );
    expect((await complete('run', 'list', 'build', '--rev')).words).toEqual(['--reverse']);
    expect((await complete('--names')).words).toEqual(['--namespace']);
  });

  test('values of options and arguments that have but a few', async () => {
    expect((await complete('run', 'list', '--output', '')).words).toEqual(['plain', 'json', 'silent']);
    expect((await complete('run', 'list', '-o', 'j')).words).toEqual(['json']);
    expect((await complete('run', 'list', '--output=s')).words).toEqual(['--output=silent']);
    expect((await complete('completion', '')).words).toEqual(['bash', 'zsh', 'fish']);
  });

  test('what follows an option and its value', async () => {
    expect((await complete('--namespace', 'run', 'tok')).words).toEqual(['token']);
    expect((await complete('--namespace=run', '--debug', 'tok')).words).toEqual(['token']);
  });

  test('files where a path is meant, and nowhere else', async () => {
    expect(await complete('up', '')).toMatchObject({ words: [], files: true });
    expect(await complete('dev', '--data', '')).toMatchObject({ files: true });
    expect(await complete('run', 'start', '')).toMatchObject({ words: [], files: false });
    expect(await complete('run', 'list', '--limit', '')).toMatchObject({ words: [], files: false });
  });

  test('nothing of what is hidden, unknown, or behind --', async () => {
    expect((await complete('compl')).words).toEqual(['completion']);
    expect((await complete('runn', 'x')).words).toEqual([]);
    expect((await complete('run', 'list', '--', '--rev')).words).toEqual([]);
  });
});

test('another shell is refused by name', async () => {
  const { code, stderr } = await gofer('completion tcsh');
  expect(code).toBe(2);
  expect(stderr).toMatch(/"?tcsh"?.*bash, zsh, fish/);
});

describe('the script of', () => {
  const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
  const inShell = (shell: string, script: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'gofer-shell-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const program = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/gofer.ts')}" "$@"\n`;
    writeFileSync(join(folder, 'gofer'), program, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, HOME: folder };
    return spawnSync(shell, ['-c', script], { env, encoding: 'utf8' }).stdout;
  };

  test.skipIf(!has('bash'))('bash fills in what fits', () => {
    const press = (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(' ');
      const script = `source <(gofer completion bash); COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _gofer`;
      return inShell('bash', `${script}; printf '%s\\n' "\${COMPREPLY[@]}"`).trim().split('\n');
    };
    expect(press('gofer', 'run', 'st')).toEqual(['start']);
    expect(press('gofer', 'run', 'list', '--output', '=', 'js')).toEqual(['json']);
    expect(press('gofer', 'run', 'list', '--output', '=')).toEqual(['plain', 'json', 'silent']);
  });

  test.skipIf(!has('fish'))('fish fills in what fits', () => {
    const script = 'gofer completion fish | source; complete -C "gofer run st"';
    expect(inShell('fish', script)).toMatch(/^start\tStart/);
  });

  test.skipIf(!has('zsh'))('zsh is read without complaint', () => {
    const script = 'autoload -U compinit && compinit -u; source <(gofer completion zsh) && echo $_comps[gofer]';
    expect(inShell('zsh', script).trim()).toBe('_gofer');
  });
});
