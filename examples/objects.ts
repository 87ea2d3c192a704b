import { pipeline, runObject, task } from 'gofer-serverless';

const objects =
  '$GOFER_API_BASE_URL/api/namespaces/$GOFER_NAMESPACE_ID/pipelines/$GOFER_PIPELINE_ID/runs/$GOFER_RUN_ID/objects';
const wget = 'wget -q -O- --header "Authorization: Bearer $GOFER_TOKEN"';

const count = task({
  id: 'count',
  image: 'busybox:latest',
  command: ['sh', '-c', `seq 1 100 > numbers && ${wget} --post-file numbers "${objects}/numbers?force=true"`],
  inject_api_token: true,
});

const sum = task({
  id: 'sum',
  image: 'busybox:latest',
  command: [
    'sh',
    '-c',
    `${wget} "${objects}/numbers" | awk '{ sum += $1 } END { printf "%d", sum }' > sum && ${wget} --post-file sum "${objects}/sum?force=true"`,
  ],
  inject_api_token: true,
  depends_on: [count],
});

const tell = task({
  id: 'tell',
  image: 'busybox:latest',
  command: ['sh', '-c', 'echo "1 + 2 + … + 100 = $SUM" && [ "$SUM" = 5050 ]'],
  variables: { SUM: runObject('sum') },
  depends_on: [sum],
});

/**
 * One task puts what the next one gets, with nothing but wget and the token that it is given; the last has it as a
 * variable. `force`: a task may run again, and puts the same again.
 */
export default pipeline({ id: 'objects', tasks: [count, sum, tell] });
