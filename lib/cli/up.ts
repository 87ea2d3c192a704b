/** `gofer up`: from a file to a live pipeline, and on to a run. */
import { Command, Option } from 'commander';
import type { PipelineRef } from '../client/types.ts';
import { contractPipeline } from '../pipeline/contract.ts';
import { examples, type Runner } from './command.ts';
import { deploy } from './deployment.ts';
import { exit, UsageError } from './exit.ts';
import { load, pathHelp } from './pipeline-file.ts';
import { type StartOptions, startOptions, startRun } from './run-start.ts';
import type { Session } from './session.ts';

type UpOptions = StartOptions & { deploy: boolean; run?: boolean };

export const upCommand = (runner: Runner): Command =>
  startOptions(
    new Command('up')
      .description('Register a pipeline and make it live')
      .argument('<path>', pathHelp)
      .option('--no-deploy', 'register only: the live version stays')
      .addOption(new Option('--run', 'start a run of it').default(false)),
  )
    .addHelpText(
      'after',
      examples(
        'gofer up pipeline.ts',
        'gofer up pipeline.ts --run --follow --var GREETING=hello',
        'gofer up ./pipelines/nightly    (a Go or Rust program)',
        'python3 pipeline.py | gofer up -',
      ),
    )
    .action(runner.action(up));

async function up(session: Session, path: string, options: UpOptions): Promise<number> {
  if (options.follow && !options.run) throw new UsageError('--follow needs --run: there is no run to follow');
  if (options.run && !options.deploy) throw new UsageError('--run needs the deployment: leave out --no-deploy');
  const { client, terminal } = session;
  const { config } = await load(session, path);
  const ref: PipelineRef = session.pipeline(config.id);
  const registering = client.configs.register(ref, contractPipeline(config));
  const { pipeline, warnings = [] } = await terminal.progress(`registering ${config.id}`, registering);
  for (const warning of warnings) await terminal.notice(terminal.errorStyle.yellow(`note: ${warning}`));
  const { version, state } = pipeline.config;

  const { green } = terminal.style;
  const done = (what: string) => `${green('✓')} Pipeline "${config.id}" v${version} ${what}`;
  // The same content as a live version answers with that version: there is nothing to deploy.
  const deployment = options.deploy && state !== 'live' ? await deploy(session, ref, version) : undefined;
  const line = done(
    state === 'live' ? 'is live already: nothing has changed' : deployment ? 'is live' : 'is registered, not deployed',
  );
  if (options.run) {
    await terminal.say(line);
    return startRun(session, config.id, options);
  }
  await terminal.show({ pipeline, deployment: deployment ?? null }, () => [
    line,
    ...(options.deploy ? [terminal.style.dim(`  Run it: gofer run start ${config.id} --follow`)] : []),
  ]);
  return exit.ok;
}
