/** The root command: global options, and every noun. */
import { Command, Option } from 'commander';
import { examples, type Runner } from './command.ts';
import { completeCommand, completionCommand } from './completion/completion.ts';
import { contextCommand } from './context.ts';
import { devCommand } from './dev.ts';
import { doctorCommand } from './doctor.ts';
import { eventCommand } from './event.ts';
import { extensionCommand } from './extension.ts';
import { fetchCommand } from './fetch.ts';
import { initCommand } from './init.ts';
import { namespaceCommand } from './namespace.ts';
import { pipelineCommand } from './pipeline.ts';
import { roleCommand } from './role.ts';
import { runCommand } from './run.ts';
import { secretCommand } from './secret.ts';
import { serviceCommand } from './service.ts';
import { systemCommand } from './system.ts';
import { taskCommand } from './task.ts';
import { createStyle, wantsColour } from './terminal/style.ts';
import { tokenCommand } from './token.ts';
import { upCommand } from './up.ts';

const exitCodes = `
Exit codes:
  0    success; with --follow: the run succeeded
  1    the run failed or was cancelled, or an error
  2    wrong usage
  3    what was asked for does not exist
  130  interrupted
  141  nobody reads the output any more, as after "| head"`;

const configuration = `
Settings: flags beat the environment, which beats ~/.gofer.toml or ~/.config/gofer.toml.
  GOFER_API_BASE_URL, GOFER_NAMESPACE, GOFER_TOKEN, GOFER_OUTPUT_FORMAT, GOFER_DETAIL, GOFER_DEBUG, GOFER_CONFIG
  Show them with: gofer context`;

export function createProgram(runner: Runner, version: string): Command {
  const { io } = runner;
  const program = new Command('gofer')
    .description('Pipelines of short-lived container jobs, on AWS or on this machine.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .option('--api-base-url <url>', 'the Gofer API')
    .option('--namespace <id>', 'the namespace to work in')
    .option('--token <token>', 'the API token (better: GOFER_TOKEN, which no process list shows)')
    .addOption(new Option('-o, --output <format>', 'how results are printed').choices(['plain', 'json', 'silent']))
    .option('--detail', 'exact times instead of "2m ago"')
    .option('--config <path>', 'another configuration file')
    .option('--no-color', 'no colours')
    .option('--debug', 'show every request, and where an error comes from')
    .exitOverride()
    .showHelpAfterError('see --help')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => wantsColour(undefined, io.env, io.stdout.isTTY),
      getErrHasColors: () => wantsColour(undefined, io.env, io.stderr.isTTY),
      outputError: (text, write) => write(styleError(text, runner)),
    })
    .addHelpText('after', configuration)
    .addHelpText('after', exitCodes)
    .addHelpText(
      'after',
      examples('gofer init', 'gofer dev', 'gofer up pipeline.ts --run --follow', 'gofer run list hello --reverse'),
    );

  program.commandsGroup('Start here:');
  add(program, [initCommand(runner), devCommand(runner), upCommand(runner)]);
  program.commandsGroup('Work with:');
  add(program, [
    pipelineCommand(runner),
    runCommand(runner),
    taskCommand(runner),
    namespaceCommand(runner),
    eventCommand(runner),
    fetchCommand(runner),
  ]);
  program.commandsGroup('Administer:').helpCommand('help [command]', 'Show help for a command');
  add(program, [
    serviceCommand(runner),
    systemCommand(runner),
    tokenCommand(runner),
    roleCommand(runner),
    secretCommand(runner),
    extensionCommand(runner),
    contextCommand(runner),
    doctorCommand(runner),
    completionCommand(runner),
  ]);
  program.addCommand(completeCommand(runner, program), { hidden: true });
  return program;
}

/** Commands that are made apart don't inherit settings by themselves. */
function add(parent: Command, children: readonly Command[]): void {
  for (const child of children) {
    parent.addCommand(child.helpCommand(false));
    inherit(child, parent);
  }
}

function inherit(child: Command, parent: Command): void {
  child.copyInheritedSettings(parent);
  for (const grandchild of child.commands) inherit(grandchild.helpCommand(false), child);
}

/** Commander's `error: unknown command 'rn'\n(Did you mean run?)`, in our words. */
function styleError(text: string, { io }: Runner): string {
  const { red } = createStyle(wantsColour(undefined, io.env, io.stderr.isTTY));
  return text
    .replaceAll("'", '"')
    .replace(/\n?\(Did you mean (?:one of )?(.+?)\?\)/, (_, names: string) => `; did you mean ${quoted(names)}?`)
    .replace(/^error:/, red('error:'));
}

const quoted = (names: string): string =>
  names
    .split(', ')
    .map((name) => `"${name}"`)
    .join(' or ');
