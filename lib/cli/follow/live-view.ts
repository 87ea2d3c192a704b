/** A followed run on a terminal: a table at the bottom that is drawn anew, log lines scrolling above it. */
import type { LogEvent, Run, TaskExecution } from '../../client/types.ts';
import type { Io } from '../io.ts';
import { Block } from '../terminal/block.ts';
import type { Style } from '../terminal/style.ts';
import { spinnerFrames } from '../terminal/terminal.ts';
import { liveLines } from './live-lines.ts';
import { logText, Prefixes } from './log-text.ts';
import type { RunView } from './view.ts';

export class LiveView implements RunView {
  readonly #io: Io;
  readonly #style: Style;
  readonly #block: Block;
  readonly #prefixes: Prefixes;
  readonly #stop: () => void;
  #frame = 0;
  #state: { readonly run: Run; readonly tasks: readonly TaskExecution[] } | undefined;

  constructor(io: Io, style: Style) {
    this.#io = io;
    this.#style = style;
    this.#block = new Block(io.stdout);
    this.#prefixes = new Prefixes(style);
    this.#stop = io.every(100, () => {
      this.#frame++;
      void this.#draw();
    });
  }

  update(run: Run, tasks: readonly TaskExecution[]): Promise<void> {
    this.#prefixes.widen(tasks.map(({ task_id }) => task_id));
    this.#state = { run, tasks };
    return this.#draw();
  }

  log(task: string, line: LogEvent): Promise<void> | void {
    return this.#block.above(`${this.#prefixes.of(task)}${logText(line, this.#io.stdout)}\n`);
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#block.clear();
  }

  #draw(): Promise<void> {
    if (!this.#state) return Promise.resolve();
    const { columns, rows } = this.#io.stdout;
    const spinner = spinnerFrames[this.#frame % spinnerFrames.length] ?? '';
    const size = { columns, rows };
    return this.#block.draw(liveLines(this.#state, { style: this.#style, now: this.#io.now(), spinner, ...size }));
  }
}
