/** Twenty tasks with everything in it that a killed server could get wrong, and what must become of them. */
import { task } from '../user.ts';

const work = (id: string, seconds: number, more: Parameters<typeof task>[2] = {}) =>
  task(id, `echo "${id} began"; sleep ${seconds}; echo "${id} ended"`, more);
const after = (...parents: string[]) => ({ depends_on: Object.fromEntries(parents.map((id) => [id, 'Success'])) });

const fan = Array.from({ length: 8 }, (_, i) => `fan-${i + 1}`);
const chain = ['join', 'link-1', 'link-2', 'link-3', 'link-4'];

export const dag = [
  work('split', 0.1),
  ...fan.map((id, i) => work(id, 0.1 + i / 10, after('split'))),
  work('join', 0.1, after(...fan)),
  ...chain.slice(1).map((id, i) => work(id, 0.1, after(chain[i] ?? ''))),
  task('flaky', 'echo "flaky began"; sleep 0.2; echo "flaky ended"; exit 75', {
    retry: { attempts: 2, interval: '1s' },
    allow_failure: true,
    ...after('split'),
  }),
  task('broken', 'echo "broken began"; sleep 0.3; echo "broken ended"; exit 3', after('split')),
  work('repair', 0.2, { depends_on: { broken: 'Failure' } }),
  work('publish', 0.1, after('broken')),
  work('notify', 0.1, { depends_on: { repair: 'Any', publish: 'Any', flaky: 'Any' } }),
  work('done', 0, after('link-4', 'notify')),
];

const unusual: Readonly<Record<string, string>> = { flaky: 'failed', broken: 'failed', publish: 'skipped' };

export const ids = dag.map(({ id }) => String(id));

/** Status and number of containers of each task. */
export const expected = Object.fromEntries(
  ids.map((id) => [
    id,
    { status: unusual[id] ?? 'successful', launches: id === 'publish' ? 0 : id === 'flaky' ? 2 : 1 },
  ]),
);
