/** The template as cfn-lint sees it, which knows CloudFormation's own schemas. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { everySetting, pipeline, templateOf } from '../infra/stack.ts';
import { python } from './python.ts';

/** A dependency that a reference already makes: CDK writes it wherever a function has to wait for its role's policy. */
const redundant = 'W3005';

test.each([
  ['as it is by default', templateOf({}, pipeline)],
  ['with every setting', templateOf(everySetting, pipeline)],
])('the template %s is clean', async (_, template) => {
  const lint = join(dirname(await python()), 'cfn-lint');
  const folder = await mkdtemp(join(tmpdir(), 'gofer-lint-'));
  const file = join(folder, 'template.json');
  await writeFile(file, JSON.stringify(template.toJSON()));
  const said = await promisify(execFile)(lint, [
    '--regions',
    'eu-central-1',
    '--ignore-checks',
    redundant,
    '--',
    file,
  ]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  await rm(folder, { recursive: true });
  expect(said).toBe('');
});
