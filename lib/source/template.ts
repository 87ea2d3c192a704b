/** What `gofer init` writes: a first pipeline that runs as it is. */

/** Name of the file that `gofer init` writes unless it is given another. */
export const templateFile = 'pipeline.ts';

/** Content of a first pipeline. `id`: 3 to 32 letters, digits and hyphens. */
export const pipelineTemplate = (id = 'hello'): string => `import { failure, pipeline, task } from 'gofer-serverless';

const build = task({
  id: 'build',
  image: 'busybox:latest',
  command: ['sh', '-c', 'echo "building $WHAT"; sleep 1; echo done'],
  variables: { WHAT: 'the world' },
});

// Tests run side by side, once the build has succeeded.
const tests = ['unit', 'lint'].map((name) =>
  task({
    id: \`test-\${name}\`,
    image: 'busybox:latest',
    command: ['sh', '-c', \`echo "\${name}: ok"\`],
    depends_on: [build],
    timeout: '5m',
    retry: { attempts: 2, interval: '5s' },
  }),
);

// Runs only when the build fails; otherwise it is skipped.
const report = task({
  id: 'report-failure',
  image: 'busybox:latest',
  command: ['echo', 'the build failed'],
  depends_on: [failure(build)],
});

export default pipeline({
  id: ${JSON.stringify(id).replaceAll('"', "'")},
  description: 'Build, then test; report when the build fails.',
  tasks: [build, ...tests, report],
});
`;
