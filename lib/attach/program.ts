/** The program that somebody wants to run in a container, from the text that they typed. */
import { InvalidError } from '../errors.ts';

/** ECS Exec takes no more. */
const longest = 2048;

/**
 * Words as a shell splits them: blanks divide, quotes and backslashes hold together. Nothing is expanded: for that there is
 * `sh -c '…'`.
 *
 * @example programOf(`sh -c 'echo $HOME'`) // ['sh', '-c', 'echo $HOME']
 */
export function programOf(command: string): readonly [string, ...string[]] {
  if (command.length > longest)
    throw new InvalidError(`query command has ${command.length} characters; allowed are ${longest}`);
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < command.length; at++) {
    const char = command.charAt(at);
    if (char === '\\' && quote !== "'") word = (word ?? '') + command.charAt(++at);
    else if (char === quote) quote = '';
    else if (!quote && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (!quote && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote) throw new InvalidError(`query command: ${command} has a ${quote} that is never closed`);
  if (word !== undefined) words.push(word);
  const [program, ...rest] = words;
  if (!program) throw new InvalidError('query command is empty; give a program that the image has, for example: sh');
  return [program, ...rest];
}
