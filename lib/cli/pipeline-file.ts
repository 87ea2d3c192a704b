/** `gofer pipeline validate` and `graph`: what a pipeline file says, without a server. */
import { Command } from 'commander';
import { writeProblem } from '../pipeline/problem.ts';
import { examples, type Runner } from './command.ts';
import { UsageError } from './exit.ts';
import type { Session } from './session.ts';

/** What `gofer up` takes, for the help of every command that takes it. */
export const pathHelp =
  'a .ts, .js, .json or .yaml file, a folder with go.mod or Cargo.toml, a program, or - for standard input';

export const validateCommand = (runner: Runner): Command =>
  new Command('validate')
    .description('Check a pipeline without a server: every problem, each with its place')
    .argument('<path>', pathHelp)
    .addHelpText(
      'after',
      examples('gofer pipeline validate pipeline.ts', 'cat pipeline.yaml | gofer pipeline validate -'),
    )
    .action(
      runner.action(async (session, path: string) => {
        const { config, source } = await load(session, path);
        const [{ compile }, { machineLimits }] = await Promise.all([
          import('../machine/compile.ts'),
          import('../machine/limits.ts'),
        ]);
        const limits = machineLimits(config, compile(config));
        const tasks = config.tasks.length;
        await session.terminal.show({ valid: true, pipeline: config.id, tasks, limits }, () => [
          `${session.terminal.style.green('✓')} ${source}: pipeline "${config.id}" with ${tasks} ${tasks === 1 ? 'task' : 'tasks'} is valid`,
        ]);
        for (const limit of limits) await session.terminal.notice(`note: AWS would refuse it: ${writeProblem(limit)}`);
      }),
    );

type GraphOptions = { mermaid?: boolean; asl?: boolean };

export const graphCommand = (runner: Runner): Command =>
  new Command('graph')
    .description('Draw a pipeline: which task waits for which')
    .argument('<path>', pathHelp)
    .option('--mermaid', 'as a Mermaid diagram, for Markdown')
    .option('--asl', 'the state machine that runs it, in the Amazon States Language')
    .addHelpText('after', examples('gofer pipeline graph pipeline.ts', 'gofer pipeline graph pipeline.ts --mermaid'))
    .action(
      runner.action(async (session, path: string, { mermaid, asl }: GraphOptions) => {
        if (mermaid && asl) throw new UsageError('--mermaid and --asl exclude each other: give one of them');
        const { config } = await load(session, path);
        if (asl) {
          const { compile } = await import('../machine/compile.ts');
          const machine = compile(config);
          return session.terminal.show(machine, () => [JSON.stringify(machine, null, 2)]);
        }
        const { mermaidGraph, textGraph } = await import('../machine/graph.ts');
        const graph = mermaid ? mermaidGraph(config) : textGraph(config);
        const edges = config.tasks.map(({ id, depends_on }) => ({ id, depends_on }));
        await session.terminal.show({ pipeline: config.id, tasks: edges }, () => graph.trimEnd().split('\n'));
      }),
    );

/** Reads and checks a pipeline; programs may take a while to build. */
export async function load(session: Session, path: string) {
  const { loadPipeline } = await import('../source/load.ts');
  const { stdin, cwd } = session.io;
  return session.terminal.progress(
    `reading ${path === '-' ? 'standard input' : path}`,
    loadPipeline(path, { stdin, cwd }),
  );
}
