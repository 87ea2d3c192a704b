/** `gofer completion SHELL`, and whom the shells ask then. */
import { Argument, Command } from 'commander';
import { examples, type Runner } from '../command.ts';
import { type Shell, scripts } from './scripts.ts';
import { suggest } from './suggest.ts';

export function completionCommand({ io }: Runner): Command {
  return new Command('completion')
    .description('Print what makes a shell complete commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      examples(
        'source <(gofer completion bash)      # in ~/.bashrc',
        'source <(gofer completion zsh)       # in ~/.zshrc, after compinit',
        'gofer completion fish | source       # in ~/.config/fish/config.fish',
      ),
    )
    .action((shell: Shell) => void io.stdout.write(scripts[shell]));
}

/** For shells, not for people: it has no options of its own, so that everybody else's can be asked about. */
export function completeCommand({ io }: Runner, program: Command): Command {
  return new Command('complete')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      const { rawArgs } = program as Command & { readonly rawArgs: readonly string[] };
      const { words, files } = suggest(program, rawArgs.slice(rawArgs.indexOf('--') + 1));
      const lines = words.map(({ text, description }) => `${text}\t${description.replaceAll('\n', ' ')}\n`);
      io.stdout.write(`${lines.join('')}${files ? ':files\n' : ''}`);
    });
}
