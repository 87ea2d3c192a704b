import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** `required`: tests of containers run, and fail, without Docker too. */
const required = process.env['GOFER_TEST_DOCKER'] === 'required';
const docker = required || (await dockerAnswers());
if (!docker) process.stderr.write('Docker does not answer: tests of Docker containers are left out.\n');

const containers = 'test/**/*.docker.test.ts';
const pack = 'test/pack/**/*.test.ts';
const aws = 'test/aws-emulator/**/*.test.ts';

export default defineConfig({
  resolve: { alias: { 'gofer-serverless': fileURLToPath(new URL('./lib/sdk/index.ts', import.meta.url)) } },
  test: {
    testTimeout: 30_000,
    // Most tests wait for others: containers, processes, the emulated account.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [containers, pack, aws] } },
      { extends: true, test: { name: 'docker', include: docker ? [containers] : [], hookTimeout: 60_000 } },
      // What is published, installed: it builds and needs the registry.
      { extends: true, test: { name: 'pack', include: [pack], testTimeout: 300_000, hookTimeout: 300_000 } },
      // `cdk deploy` to an emulated account: it needs Python, Docker and PyPI.
      {
        extends: true,
        test: {
          name: 'aws',
          include: [aws],
          globalSetup: ['test/aws-emulator/python.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});

function dockerAnswers(): Promise<boolean> {
  const host = new URL(process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock');
  const where = host.protocol === 'unix:' ? { socketPath: host.pathname } : { host: host.hostname, port: host.port };
  const { promise, resolve } = Promise.withResolvers<boolean>();
  request({ ...where, path: '/_ping', timeout: 2000, agent: false }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  })
    .on('timeout', () => resolve(false))
    .on('error', () => resolve(false))
    .end();
  return promise;
}
