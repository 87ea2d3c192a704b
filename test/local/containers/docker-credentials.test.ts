import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { credentialsOf, registryOf } from '../../../lib/local/containers/docker-credentials.ts';

const basic = (user: string, pass: string) => Buffer.from(`${user}:${pass}`).toString('base64');

async function folder(config: unknown) {
  const path = await mkdtemp(join(tmpdir(), 'gofer-credentials-'));
  onTestFinished(() => rm(path, { recursive: true }));
  await writeFile(join(path, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return path;
}

describe('registry credentials', () => {
  it.each([
    ['busybox', 'https://index.docker.io/v1/'],
    ['library/busybox:1', 'https://index.docker.io/v1/'],
    ['docker.io/library/busybox', 'https://index.docker.io/v1/'],
    ['ghcr.io/acme/app:2', 'ghcr.io'],
    ['localhost/app', 'localhost'],
    ['registry:5000/app@sha256:00', 'registry:5000'],
  ])('of %s are those of %s', (image, registry) => expect(registryOf(image)).toBe(registry));

  it('come from what docker login wrote', async () => {
    const path = await folder({ auths: { 'ghcr.io': { auth: basic('ann', 'a:b') } } });
    expect(await credentialsOf('ghcr.io/acme/app', path)).toMatchObject({ username: 'ann', password: 'a:b' });
    expect(await credentialsOf('quay.io/acme/app', path)).toBeUndefined();
  });

  it('come from the helper that the file names', async () => {
    const path = await folder({ credHelpers: { 'ghcr.io': 'test' } });
    const helper = join(path, 'docker-credential-test');
    await writeFile(helper, '#!/bin/sh\nread server; echo "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s\\"}"\n');
    await chmod(helper, 0o755);
    vi.stubEnv('PATH', `${path}${delimiter}${process.env['PATH']}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await credentialsOf('ghcr.io/acme/app', path)).toMatchObject({ username: 'ghcr.io', password: 's' });
  });

  it('are none without a file or with a helper that is not there', async () => {
    expect(await credentialsOf('busybox', '/nowhere')).toBeUndefined();
    expect(await credentialsOf('busybox', await folder({ credsStore: 'not-installed' }))).toBeUndefined();
  });

  it('are refused from a file that is broken, with its name', async () => {
    const path = await folder('{');
    await expect(credentialsOf('busybox', path)).rejects.toThrow(`${join(path, 'config.json')} is not valid JSON`);
  });
});
