/** The same file that `gofer up` takes: this one is deployed with the stack. */
import { pipeline, task } from 'gofer-serverless';

const image = 'busybox:latest';

const parts = ['customers', 'orders', 'returns'].map((part) =>
  task({ id: `load-${part}`, image, command: ['echo', `loaded ${part}`] }),
);

export default pipeline({
  id: 'import',
  description: 'Loads three tables side by side, then checks them',
  parallelism: 1,
  tasks: [...parts, task({ id: 'check', image, command: ['echo', 'all is well'], depends_on: parts })],
});
