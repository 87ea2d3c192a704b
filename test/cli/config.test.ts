import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder, gofer } from './fake-io.ts';

function homeWith(file: string, content: string): string {
  const home = emptyFolder();
  mkdirSync(join(home, '.config'));
  writeFileSync(join(home, file), content);
  return home;
}

describe('settings', () => {
  test('come from flags, then the environment, then the file, then the defaults', async () => {
    const home = homeWith(
      '.gofer.toml',
      'namespace = "of-file"\napi_base_url = "http://of-file"\ntoken = "t"\ndetail = true',
    );
    const env = { GOFER_API_BASE_URL: 'http://of-environment', GOFER_NAMESPACE: 'of-environment', GOFER_TOKEN: '' };
    const result = await gofer('context --output json --namespace of-flag', { home, env });
    expect(result.json()).toMatchObject({
      namespace: 'of-flag',
      api_base_url: 'http://of-environment',
      detail: true,
      debug: false,
      file: join(home, '.gofer.toml'),
      sources: { namespace: 'flag', api_base_url: 'environment', detail: 'file', token: 'file', debug: 'default' },
    });
  });

  test('are found in ~/.config too', async () => {
    const home = homeWith('.config/gofer.toml', 'namespace = "team-x"');
    expect((await gofer('context', { home })).stdout).toMatch(/namespace +team-x/);
  });

  test('take the output format of an original configuration file as it is written there', async () => {
    const home = homeWith('.gofer.toml', 'output_format = "JSON"');
    expect((await gofer('context', { home })).json()).toMatchObject({ output_format: 'json' });
  });

  test('are shown without the token', async () => {
    const { stdout } = await gofer('context --token very-secret');
    expect(stdout).toMatch(/token +\(set\) +flag/);
    expect(stdout).not.toContain('very-secret');
  });

  test.each([
    [
      'an unknown format',
      { GOFER_OUTPUT_FORMAT: 'jsno' },
      'GOFER_OUTPUT_FORMAT is "jsno"; it must be one of plain, json, silent; did you mean "json"?',
    ],
    [
      'an address without a scheme',
      { GOFER_API_BASE_URL: 'localhost:8080' },
      'GOFER_API_BASE_URL is "localhost:8080"; it must be an http:// or https:// address',
    ],
    [
      'a switch that is neither on nor off',
      { GOFER_DETAIL: 'maybe' },
      'GOFER_DETAIL is "maybe"; it must be true or false',
    ],
  ])('refuse %s, naming variable and value', async (_, env, said) => {
    const { code, stderr } = await gofer('context', { env });
    expect(code).toBe(1);
    expect(stderr).toContain(said);
  });

  test('refuse a broken file with its line, and one that was named and is not there', async () => {
    const home = homeWith('.gofer.toml', 'namespace = "x"\ntoken = oops');
    expect((await gofer('context', { home })).stderr).toContain(`${join(home, '.gofer.toml')}:2:`);
    const { code, stderr } = await gofer(['context', '--config', join(home, 'other.toml')]);
    expect(code).toBe(1);
    expect(stderr).toContain("other.toml can't be read: ENOENT");
  });

  test('say when the file names something that is no setting, and go on', async () => {
    const { code, stderr } = await gofer('context', { home: homeWith('.gofer.toml', 'tokn = "t"') });
    expect(code).toBe(0);
    expect(stderr).toContain('"tokn" is not a setting; did you mean "token"?');
  });
});

describe('wrong use', () => {
  test.each([
    ['rnu', 'unknown command "rnu"; did you mean "run"?'],
    ['run strat build', 'unknown command "strat"; did you mean "start"?'],
    ['run list build --revers', 'unknown option "--revers"; did you mean "--reverse"?'],
    ['run get build', 'missing required argument "run"'],
    ['run get build first', 'Give a whole number from 1.'],
    ['run list build --limit -1', 'Give a whole number from 0.'],
    ['namespace update default', 'nothing to change: give --name, --description or both'],
    ['context --output xml', 'Allowed choices are plain, json, silent'],
    ['up pipeline.ts --follow', '--follow needs --run'],
    ['up pipeline.ts --run --no-deploy', '--run needs the deployment'],
    ['event list --follow --reverse', 'leave out --limit, --offset and --reverse'],
  ])('gofer %s ends with 2 and says what to do', async (line, said) => {
    const { code, stdout, stderr } = await gofer(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
  });

  test('a noun alone shows its commands', async () => {
    const { code, stderr } = await gofer('run');
    expect(code).toBe(2);
    expect(stderr).toMatch(/start.*Start a run/);
  });
});

describe('help', () => {
  test('tells where to start, settings and exit codes', async () => {
    const { code, stdout } = await gofer('--help');
    expect(code).toBe(0);
    for (const said of ['gofer init', 'GOFER_API_BASE_URL', '130  interrupted']) expect(stdout).toContain(said);
  });

  test('has an example for every command', async () => {
    const { createProgram } = await import('../../lib/cli/program.ts');
    const { Runner } = await import('../../lib/cli/command.ts');
    const { processIo } = await import('../../lib/cli/io.ts');
    const names: string[][] = [];
    const walk = (command: ReturnType<typeof createProgram>, above: string[]) => {
      const visible = command.createHelp().visibleCommands(command);
      for (const child of visible.filter((each) => command.commands.includes(each)))
        walk(child as typeof command, [...above, child.name()]);
      if (command.commands.length === 0) names.push(above);
    };
    walk(createProgram(new Runner(processIo()), '0'), []);
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) {
      const { code, stdout } = await gofer([...name, '--help']);
      expect({ name, code }).toEqual({ name, code: 0 });
      expect(stdout).toContain('Examples:\n  $ ');
      expect(stdout).toMatch(new RegExp(`gofer .*${name.at(-1)}`));
    }
  });

  test('prints the version', async () => {
    expect((await gofer('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a server that can not be used', () => {
  test('that does not answer is named, with what to do next, and no stack', async () => {
    const refuse: typeof fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
    };
    const { code, stdout, stderr } = await gofer('pipeline list', { fetch: refuse });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      [
        'error: no answer from http://127.0.0.1:8080: connection refused',
        '  start a server on this machine:  gofer dev',
        '  or name another one:             --api-base-url URL, GOFER_API_BASE_URL',
        '',
      ].join('\n'),
    );
    expect((await gofer('pipeline list --debug', { fetch: refuse })).stderr).toMatch(
      /failed: fetch failed[\s\S]*\n +at /,
    );
  });

  test('that asks for a token: how to give one', async () => {
    const body = { request_id: 'r', message: 'no token', error_code: 'unauthenticated' };
    const { code, stderr } = await gofer('namespace list', {
      routes: { 'GET /api/namespaces': { status: 401, body } },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('GOFER_TOKEN');
    expect(stderr).toContain('gofer token bootstrap');
  });

  test('that fails inside: its request id', async () => {
    const body = { request_id: 'r-500', message: 'internal error', error_code: 'internal' };
    const { stderr } = await gofer('namespace list', { routes: { 'GET /api/namespaces': { status: 500, body } } });
    expect(stderr).toContain('request id: r-500');
  });
});

describe('colours', () => {
  const routes = {
    'GET /api/namespaces': {
      body: { namespaces: [{ id: 'default', name: 'D', description: '', created: 0, modified: 0 }] },
    },
  };
  test.each([
    ['are there on a terminal', { tty: true }, true],
    ['are absent in a pipe', {}, false],
    ['are absent with NO_COLOR', { tty: true, env: { NO_COLOR: '1' } }, false],
    ['are forced by FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
    ['NO_COLOR beats FORCE_COLOR', { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, false],
    ['are absent on a dumb terminal', { tty: true, env: { TERM: 'dumb' } }, false],
  ])('%s', async (_, options, coloured) => {
    expect((await gofer('namespace list', { routes, ...options })).stdout.includes('\x1b[')).toBe(coloured);
  });

  test('are absent with --no-color', async () => {
    expect((await gofer('namespace list --no-color', { routes, tty: true })).stdout).not.toContain('\x1b[');
  });
});
