/** Registers a pipeline from a script, starts it, prints its logs as they come, and ends as it has ended. */
import { createClient } from 'gofer-serverless/client';

const { GOFER_API_BASE_URL: baseUrl = 'http://127.0.0.1:8080', GOFER_TOKEN: token } = process.env;
const client = createClient({ baseUrl, ...(token && { token }) });

const ref = { namespace: 'default', pipeline: 'from-a-script' };
const { pipeline } = await client.configs.register(ref, {
  id: ref.pipeline,
  tasks: [
    { id: 'measure', image: 'busybox:latest', command: ['sh', '-c', 'echo "$CITY: 21 degrees"'] },
    { id: 'report', image: 'busybox:latest', command: ['echo', 'told everybody'], depends_on: { measure: 'success' } },
  ],
});
await client.configs.deploy(ref, pipeline.config.version);

const { run } = await client.runs.start(ref, { CITY: 'Oslo' });
const started = { ...ref, run: run.run_id };
for await (const { lines } of client.logs.followRun(started))
  for (const { task, text } of lines) console.log(`${task}: ${text}`);

const { run: ended } = await client.runs.get(started);
console.log(`run ${ended.run_id} was ${ended.status}`);
process.exitCode = ended.status === 'successful' ? 0 : 1;
