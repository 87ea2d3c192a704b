import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pendingTask, stoppedTask } from '../../../lib/local/containers/ecs-task.ts';
import { Results } from '../../../lib/local/containers/results.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const hour = 3_600_000;

async function setup() {
  const data = await mkdtemp(join(tmpdir(), 'gofer-results-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const job = { id: 'a', cluster: 'local', definition: 'd', image: 'busybox' };
  const ended = (name: string, at: number) =>
    stoppedTask(pendingTask({ ...job, group: `r_1/${name}/1`, at }), {
      at,
      exitCode: 3,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
  return { data, ended };
}

const groups = async (results: Results) => (await results.recent()).map(({ Group }) => Group);

test('a server that was off for a week knows what ended in the hour before', async () => {
  const { data, ended } = await setup();
  const before = new Results(data);
  await before.add(ended('early', noon - 3 * hour));
  await before.add(ended('late', noon - 1));
  await before.add(ended('last', noon));
  expect(await groups(new Results(data))).toEqual(['r_1/late/1', 'r_1/last/1']);
});

test('what is older than an hour or two goes', async () => {
  const { data, ended } = await setup();
  const results = new Results(data);
  await results.add(ended('early', noon));
  await results.add(ended('late', noon + 3 * hour));
  await results.sweep(noon + 3 * hour);
  expect(await readdir(join(data, 'results'))).toEqual(['2026-01-01T15.jsonl']);
  expect(await groups(results)).toEqual(['r_1/late/1']);
});

test('a line that a crash has torn spoils no other', async () => {
  const { data, ended } = await setup();
  const results = new Results(data);
  await results.add(ended('one', noon));
  await appendFile(join(data, 'results', '2026-01-01T12.jsonl'), '\n{"Group":"r_1/to');
  await results.add(ended('two', noon));
  expect(await groups(results)).toEqual(['r_1/one/1', 'r_1/two/1']);
});
