/**
 * What the user sees. Results go to standard output, everything else (progress, notices, errors) to standard error, so
 * that results can be piped. `json` prints a result's data, `silent` no result at all.
 */
import type { Io } from '../io.ts';
import { createStyle, type Style, wantsColour } from './style.ts';
import { harmless } from './text.ts';

export type OutputFormat = 'plain' | 'json' | 'silent';

export const spinnerFrames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

export class Terminal {
  readonly io: Io;
  readonly format: OutputFormat;
  /** Styles of standard output and standard error: either may be piped. */
  readonly style: Style;
  readonly errorStyle: Style;

  constructor(io: Io, format: OutputFormat, colour: boolean | undefined) {
    this.io = io;
    this.format = format;
    this.style = createStyle(wantsColour(colour, io.env, io.stdout.isTTY));
    this.errorStyle = createStyle(wantsColour(colour, io.env, io.stderr.isTTY));
  }

  /** A result: `lines` for people, `data` for programs. */
  async show(data: unknown, lines: () => readonly string[]): Promise<void> {
    if (this.format === 'json') await this.io.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
    else if (this.format === 'plain')
      await this.io.stdout.write(
        lines()
          .map((line) => `${line}\n`)
          .join(''),
      );
  }

  /** Something done, for people: standard output unless that belongs to programs. */
  async say(line: string): Promise<void> {
    if (this.format === 'plain') await this.io.stdout.write(`${line}\n`);
    else if (this.format === 'json') await this.io.stderr.write(`${line}\n`);
  }

  /** Worth knowing beside the result. */
  async notice(line: string): Promise<void> {
    if (this.format !== 'silent') await this.io.stderr.write(`${line}\n`);
  }

  /** An error, and what to do next. Shown in every format. */
  async error(message: string, next: readonly string[] = []): Promise<void> {
    const { red, dim } = this.errorStyle;
    const [first = '', ...rest] = message.split('\n');
    const lines = [`${red('error:')} ${harmless(first)}`, ...rest.map((line) => `  ${harmless(line)}`)];
    await this.io.stderr.write([...lines, ...next.map((line) => dim(`  ${line}`))].map((line) => `${line}\n`).join(''));
  }

  /** Waits for `work`; after a second a spinner says for what. */
  async progress<T>(label: string, work: Promise<T>): Promise<T> {
    const { stderr } = this.io;
    if (!stderr.isTTY || this.format === 'silent') return work;
    let frame = 0;
    const stop = this.io.every(100, () => {
      const shape = spinnerFrames[frame++ % spinnerFrames.length] ?? '';
      if (frame > 10) void stderr.write(`\r\x1b[K${this.errorStyle.cyan(shape)} ${label}`);
    });
    try {
      return await work;
    } finally {
      stop();
      if (frame > 10) await stderr.write('\r\x1b[K');
    }
  }
}
