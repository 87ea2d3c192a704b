import { pipeline, task } from 'gofer-serverless';

export default pipeline({
  id: 'single-task',
  description: 'One container, one command.',
  tasks: [
    task({
      id: 'greet',
      image: 'busybox:latest',
      command: ['sh', '-c', 'echo "Hello, $NAME, from run $GOFER_RUN_ID"'],
      variables: { NAME: 'world' },
    }),
  ],
});
