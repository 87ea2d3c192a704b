import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder, gofer } from './fake-io.ts';

const line = (...more: string[]) => [
  'dev',
  '--port',
  '0',
  '--containers',
  'process',
  '--data',
  join(emptyFolder(), 'data'),
  ...more,
];

describe('gofer dev', () => {
  test('says where it is ready, answers there, and ends with 0 on Ctrl-C', async () => {
    let asked: Promise<string> | undefined;
    const result = await gofer(line(), {
      onOutput: (text, interrupt) => {
        const url = /ready at (\S+?),/.exec(text)?.[1];
        asked ??= url
          ? gofer('namespace list', { fetch, env: { GOFER_API_BASE_URL: url } })
              .then(({ stdout }) => stdout)
              .finally(interrupt)
          : undefined;
      },
    });
    expect(result.code).toBe(0);
    expect(await asked).toMatch(/^id +name/);
    expect(result.stdout).toContain('Stop it with Ctrl-C');
    expect(result.stderr).toMatch(/Stopped\.\n$/);
  });

  test('is gofer service start by another name', async () => {
    const result = await gofer(['service', 'start', ...line('-o', 'json').slice(1)], {
      onOutput: (_, interrupt) => setImmediate(interrupt),
    });
    expect(result.code).toBe(0);
    expect(result.json()).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  });

  test('says in one line that the port is taken, and ends with 1', async () => {
    let second: ReturnType<typeof gofer> | undefined;
    await gofer(line(), {
      onOutput: (text, interrupt) => {
        const port = /ready at http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
        if (port) second ??= gofer(line('--port', port));
        void second?.finally(interrupt);
      },
    });
    const { code, stderr } = (await second) ?? {};
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*\b(in use|taken)\b.*\n/m);
  });

  test('says that nobody can attach to processes', async () => {
    const result = await gofer(line('--attach'), { onOutput: (_, interrupt) => setImmediate(interrupt) });
    expect(result.stderr).toContain('--attach has no effect: tasks are processes');
    const plain = await gofer(line(), { onOutput: (_, interrupt) => setImmediate(interrupt) });
    expect(plain.stderr).not.toContain('attach');
  });

  test.each([
    [['--port', 'http'], 'Give a whole number from 0.'],
    [['--containers', 'podman'], 'Allowed choices are auto, docker, process'],
  ])('refuses %s', async (more, said) => {
    const { code, stderr } = await gofer(line(...more));
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
