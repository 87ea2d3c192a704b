/** `gofer dev`: the whole of Gofer on this machine. */
import { Command, Option } from 'commander';
import type { DevOptions } from '../local/dev.ts';
import { count, examples, positive, type Runner } from './command.ts';
import { exit } from './exit.ts';
import type { Session } from './session.ts';

export const devCommand = (runner: Runner): Command =>
  serverOptions(new Command('dev').description('Run the whole of Gofer on this machine'))
    .addHelpText(
      'after',
      examples('gofer dev', 'gofer dev --port 9000 --data /tmp/gofer', 'gofer dev --containers process'),
    )
    .action(runner.action(serve));

/** The options of `dev` and of `service start`, which are the same. */
export const serverOptions = (command: Command): Command =>
  command
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', count, 8080)
    .option('--data <folder>', 'folder for everything that is kept', '.gofer')
    .addOption(
      new Option('--containers <kind>', 'what tasks run in; auto: Docker when it answers, else processes')
        .choices(['auto', 'docker', 'process'])
        .default('auto'),
    )
    .option('--pipeline-objects <n>', 'objects that a pipeline keeps: a new one replaces the oldest', positive, 50)
    .option('--run-objects <n>', 'further runs until the objects of a run expire', count, 2)
    .option('--run-logs <n>', 'further runs until the logs of a run expire', count, 500)
    .option('--auth', 'ask every request for a token')
    .option('--attach', 'let whoever may change a run attach to its containers; with Docker');

type ServerFlags = {
  host: string;
  port: number;
  data: string;
  containers: 'auto' | 'docker' | 'process';
  pipelineObjects: number;
  runObjects: number;
  runLogs: number;
  auth?: boolean;
  attach?: boolean;
};

/** Starts the server and stays until it is interrupted. */
export async function serve(session: Session, flags: ServerFlags): Promise<number> {
  const { terminal, io } = session;
  const { startDev } = await import('../local/dev.ts');
  const options: DevOptions = {
    host: flags.host,
    port: flags.port,
    data: flags.data,
    containers: flags.containers,
    retention: { pipelineObjects: flags.pipelineObjects, runObjects: flags.runObjects, runLogs: flags.runLogs },
    auth: flags.auth ?? false,
    attach: flags.attach ?? false,
    notice: (line: string) => void terminal.notice(line),
  };
  const server = await terminal.progress('starting', startDev(options));
  const asked = Promise.withResolvers<void>();
  const release = io.onInterrupt(asked.resolve);
  const { bold, dim } = terminal.style;
  await terminal.show({ url: server.url, data: flags.data }, () => [
    `Gofer is ready at ${bold(server.url)}, its data in ${flags.data}`,
    dim(
      `Try: gofer init && gofer up pipeline.ts --run --follow${server.url.endsWith(':8080') ? '' : ` --api-base-url ${server.url}`}`,
    ),
    dim('Stop it with Ctrl-C: running containers stay, and are joined again at the next start.'),
  ]);
  await asked.promise;
  release();
  await terminal.progress('stopping', server.close());
  await terminal.notice('Stopped.');
  return exit.ok;
}
