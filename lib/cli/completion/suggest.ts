/** What may stand at the end of a command line, read from the commands themselves. */
import type { Argument, Command, Option } from 'commander';

export type Suggestion = { readonly text: string; readonly description: string };

/** `files`: names of files fit too. */
export type Suggestions = { readonly words: readonly Suggestion[]; readonly files: boolean };

const nothing: Suggestions = { words: [], files: false };

/** `words`: what follows `gofer`, the last of them as far as it is typed. */
export function suggest(program: Command, words: readonly string[]): Suggestions {
  // Bash breaks `--output=json` in three.
  const line = words.filter((word) => word !== '=');
  const typed = line.at(-1) ?? '';
  const { command, awaited, position, onlyArguments } = read(program, line.slice(0, -1));
  if (awaited) return starting(typed, valuesOf(awaited));
  if (onlyArguments || !typed.startsWith('-')) return starting(typed, nextWords(command, position));
  const [flag = '', value] = split(typed);
  if (value === undefined) return starting(typed, { words: optionsOf(command), files: false });
  const option = findOption(command, flag);
  const { words: values } = option ? valuesOf(option) : nothing;
  return starting(typed, { words: values.map((each) => ({ ...each, text: `${flag}=${each.text}` })), files: false });
}

type Place = {
  readonly command: Command;
  /** Whose value comes next. */
  readonly awaited: Option | undefined;
  /** Arguments of the command so far. */
  readonly position: number;
  /** After `--`. */
  readonly onlyArguments: boolean;
};

function read(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, awaited: undefined, position: 0, onlyArguments: false };
  for (const word of words) place = next(place, word);
  return place;
}

function next(place: Place, word: string): Place {
  const { command, awaited, position, onlyArguments } = place;
  if (awaited) return { ...place, awaited: undefined };
  if (!onlyArguments && word === '--') return { ...place, onlyArguments: true };
  if (!onlyArguments && word.startsWith('-')) {
    const [flag = '', value] = split(word);
    const option = findOption(command, flag);
    return { ...place, awaited: option?.required && value === undefined ? option : undefined };
  }
  const child = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
  return child ? { ...place, command: child, position: 0 } : { ...place, position: position + 1 };
}

function nextWords(command: Command, position: number): Suggestions {
  const commands = command.createHelp().visibleCommands(command);
  if (commands.length)
    return {
      words: commands.map((each) => ({ text: each.name(), description: each.summary() || each.description() })),
      files: false,
    };
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  const argument = all[position] ?? (last?.variadic ? last : undefined);
  return argument ? valuesOf(argument) : nothing;
}

/** Of a command and those that it belongs to. */
function optionsOf(command: Command): Suggestion[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].map(
    ({ long, short, description }) => ({
      text: long ?? short ?? '',
      description,
    }),
  );
}

function findOption(command: Command, flag: string): Option | undefined {
  const own = command.options.find(({ long, short }) => long === flag || short === flag);
  return own ?? (command.parent ? findOption(command.parent, flag) : undefined);
}

const paths = ['path', 'file', 'folder'];

function valuesOf(taker: Option | Argument): Suggestions {
  const name = 'flags' in taker ? (/<(\w+)>/.exec(taker.flags)?.[1] ?? '') : taker.name();
  return {
    words: (taker.argChoices ?? []).map((text) => ({ text, description: '' })),
    files: paths.includes(name),
  };
}

const starting = (typed: string, { words, files }: Suggestions): Suggestions => ({
  words: words.filter(({ text }) => text.startsWith(typed)),
  files,
});

function split(word: string): readonly string[] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
