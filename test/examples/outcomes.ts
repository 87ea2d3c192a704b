/** How a run of each example ends: its outcome, and the tasks that aren't successful. */
export type Outcome = {
  readonly run: 'successful' | 'failed';
  /** Its tasks work with the API. */
  readonly needsApi?: true;
  readonly tasks?: Readonly<Record<string, 'failed' | 'skipped'>>;
};

export const outcomes: Readonly<Record<string, Outcome>> = {
  'cron.ts': { run: 'successful' },
  'demo.ts': { run: 'successful', tasks: { audit: 'failed', 'award-badge': 'skipped' } },
  'failure-branch.ts': { run: 'failed', tasks: { migrate: 'failed', release: 'skipped' } },
  'failure-branch.yaml': { run: 'failed', tasks: { migrate: 'failed', release: 'skipped' } },
  'fan-out.json': { run: 'successful' },
  'fan-out.ts': { run: 'successful' },
  'go-pipeline': { run: 'successful', tasks: { apologise: 'skipped' } },
  'objects.ts': { run: 'successful', needsApi: true },
  'retries.ts': { run: 'successful', tasks: { 'fetch-prices': 'failed', hang: 'failed' } },
  'script.ts': { run: 'successful' },
  'single-task.json': { run: 'successful' },
  'single-task.ts': { run: 'successful' },
};
