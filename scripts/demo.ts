/**
 * `npm run demo`: a server on a scratch folder, a pipeline with a fan-out, a branch for failure and a skipped task, and
 * one run of it, followed live. Everything goes through the command line, as a user would do it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Io, processIo } from '../lib/cli/io.ts';
import { main } from '../lib/cli/main.ts';
import { startDev } from '../lib/local/dev.ts';
import { chooseContainers } from './demo/containers.ts';

const example = 'examples/demo.ts';
const scratch = await mkdtemp(join(tmpdir(), 'gofer-demo-'));
const say = (line: string) => void process.stdout.write(`${line}\n`);

say(`Gofer on this machine: a server with its data in ${scratch}, and the pipeline ${example}.`);
const server = await startDev({
  host: '127.0.0.1',
  port: 0,
  data: scratch,
  containers: await chooseContainers('busybox:latest', say),
  auth: false,
  notice: say,
});
try {
  process.exitCode = await demonstrate(visitor(server.url));
} finally {
  await server.close();
  await rm(scratch, { recursive: true, force: true });
}

async function demonstrate(io: Io): Promise<number> {
  const gofer = (...args: string[]) => {
    say(`\n$ gofer ${args.join(' ')}`);
    return main(args, io);
  };
  const steps = [() => gofer('pipeline', 'graph', example), () => gofer('up', example, '--run', '--follow')];
  for (const step of steps) {
    const code = await step();
    if (code !== 0) return code;
  }
  say('\nThe audit failed, as it was meant to: its branch ran, and what needs a clean audit was skipped.');
  say(
    'Your own: npm run gofer -- init, then npm run gofer -- dev, then npm run gofer -- up pipeline.ts --run --follow',
  );
  return 0;
}

/** Somebody without settings of their own: the demo is the same on every machine. */
function visitor(url: string): Io {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('GOFER_'));
  const env = { ...Object.fromEntries(others), GOFER_API_BASE_URL: url };
  return { ...processIo(), env, home: scratch };
}
