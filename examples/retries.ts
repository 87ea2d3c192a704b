import { any, pipeline, task } from 'gofer-serverless';

const fetchPrices = task({
  id: 'fetch-prices',
  description: 'Exit code 75 says "try again later". It never gets better, so the second attempt is the last.',
  image: 'busybox:latest',
  command: ['sh', '-c', 'echo "upstream answers 503" >&2; exit 75'],
  retry: { attempts: 2, interval: '1s', rate: 2, exit_codes: [75] },
  allow_failure: true,
});

const hang = task({
  id: 'hang',
  description:
    'Over its timeout it gets SIGTERM and may clean up; without an answer SIGKILL follows after stop_timeout.',
  image: 'busybox:latest',
  command: ['sh', '-c', 'trap "echo cleaning up; exit 143" TERM; sleep 600 & wait'],
  timeout: '1s',
  stop_timeout: '2s',
  allow_failure: true,
});

const report = task({
  id: 'report',
  image: 'busybox:latest',
  command: ['echo', 'yesterday’s prices are used'],
  depends_on: [any(fetchPrices), any(hang)],
});

/** Both failures stay visible, and neither fails the run: it is successful. */
export default pipeline({ id: 'retries', timeout: '10m', tasks: [fetchPrices, hang, report] });
