import { pipeline, task } from 'gofer-serverless';

const collect = task({
  id: 'collect',
  image: 'busybox:latest',
  command: ['echo', 'collected the sales of the day before'],
});

const send = task({
  id: 'send',
  image: 'busybox:latest',
  command: ['echo', 'sent the report'],
  depends_on: [collect],
});

/**
 * Once deployed it starts by itself, in UTC: on working days at half past four, and on the first of a month at noon as
 * well. It can be started by hand all the same.
 */
export default pipeline({
  id: 'sales-report',
  schedule: ['30 4 * * MON-FRI', '0 12 1 * *'],
  parallelism: 1,
  tasks: [collect, send],
});
