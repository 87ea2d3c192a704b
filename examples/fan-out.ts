import { pipeline, task } from 'gofer-serverless';

const split = task({
  id: 'split',
  image: 'busybox:latest',
  command: ['sh', '-c', 'echo "splitting $FILES files into 4 shards"'],
  variables: { FILES: '100' },
});

const shards = [1, 2, 3, 4].map((shard) =>
  task({
    id: `convert-${shard}`,
    image: 'busybox:latest',
    command: ['sh', '-c', 'sleep 0.2; echo "shard $SHARD: 25 files converted"'],
    variables: { SHARD: String(shard) },
    depends_on: [split],
  }),
);

const merge = task({
  id: 'merge',
  image: 'busybox:latest',
  command: ['echo', '100 files merged'],
  depends_on: shards,
});

/** One task, four side by side, one that waits for all of them. */
export default pipeline({ id: 'fan-out', tasks: [split, ...shards, merge] });
