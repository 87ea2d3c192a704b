import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { conditionMet } from '../../lib/pipeline/dag.ts';
import { loadPipeline } from '../../lib/source/load.ts';
import { isTested } from './go.ts';
import { outcomes } from './outcomes.ts';

const cwd = fileURLToPath(new URL('../../examples', import.meta.url));
// These hold pipelines, but are none.
const examples = readdirSync(cwd).filter((name) => !['cdk-app', 'client.ts'].includes(name));
const loadable = examples.filter(isTested);

test('every example has its outcome told', () => {
  expect(Object.keys(outcomes).sort()).toEqual(examples.toSorted());
});

// The first `go run` compiles the standard library.
for (const example of examples) {
  test.runIf(isTested(example))(`${example} loads, and its outcome fits its graph`, { timeout: 180_000 }, async () => {
    const { config } = await loadPipeline(example, { cwd });
    const unusual = outcomes[example]?.tasks ?? {};
    const statusOf = (id: string) => unusual[id] ?? 'successful';
    expect(config.tasks.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(unusual)));
    for (const { id, depends_on } of config.tasks) {
      const runs = Object.entries(depends_on).every(([parent, condition]) => conditionMet(condition, statusOf(parent)));
      expect([id, runs]).toEqual([id, statusOf(id) !== 'skipped']);
    }
    const fails = config.tasks.some(({ id, allow_failure }) => statusOf(id) === 'failed' && !allow_failure);
    expect(outcomes[example]?.run).toBe(fails ? 'failed' : 'successful');
  });
}

test('examples need no image but busybox, and no two share an id', { timeout: 180_000 }, async () => {
  const loaded = await Promise.all(loadable.map((example) => loadPipeline(example, { cwd })));
  expect(new Set(loaded.flatMap(({ config }) => config.tasks.map(({ image }) => image)))).toEqual(
    new Set(['busybox:latest']),
  );
  expect(new Set(loaded.map(({ config }) => config.id)).size).toBe(loadable.length);
});
