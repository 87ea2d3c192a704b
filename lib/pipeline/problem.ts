/** What is wrong with a pipeline config: every problem at once, each with its place. */
import { InvalidError } from '../errors.ts';

export type Problem = {
  /** Where: `tasks[2].depends_on.tset`; empty for the config as a whole. */
  readonly path: string;
  /** What is wrong: the value and what is allowed. */
  readonly message: string;
  /** A next step: `did you mean "test"?` */
  readonly suggestion?: string;
  /** Line in the file, where the file has lines that say it. */
  readonly line?: number;
  /** Stands for so many further problems, which are not told. */
  readonly more?: number;
};

/** That there are further problems than those that are told; nothing when there are none. */
export const furtherProblems = (more: number): Problem[] =>
  more > 0 ? [{ path: '', message: `and ${more} more`, more }] : [];

/** A config with problems; `problems` lists them for programs, the message for people. */
export class InvalidPipelineError extends InvalidError {
  override readonly name = 'InvalidPipelineError';
  readonly problems: readonly Problem[];

  /** `subject` is what has the problems: `pipeline "build"`, or a file. */
  constructor(subject: string, problems: readonly Problem[], options?: ErrorOptions) {
    const [first] = problems;
    const list =
      problems.length === 1 && first
        ? `${subject}: ${writeProblem(first)}`
        : `${subject} has ${countOf(problems)} problems:\n${problems.map((each) => `  ${writeProblem(each)}`).join('\n')}`;
    super(list, options);
    this.problems = problems;
  }
}

const countOf = (problems: readonly Problem[]): number => problems.reduce((sum, { more = 1 }) => sum + more, 0);

/** `line 7, tasks[2].depends_on.tset: task "build" depends on …; did you mean "test"?` */
export function writeProblem({ path, message, suggestion, line }: Problem): string {
  const said = message.startsWith(`${path} `);
  const place = [line === undefined ? '' : `line ${line}`, said ? '' : path].filter(Boolean).join(', ');
  return `${place && `${place}: `}${message}${suggestion ? `; ${suggestion}` : ''}`;
}

/** `['tasks', 2, 'variables', 'a b']` as `tasks[2].variables["a b"]`. */
export function writePath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      return /^[\w-]+$/.test(String(part)) ? `.${String(part)}` : `[${JSON.stringify(String(part))}]`;
    })
    .join('')
    .replace(/^\./, '');
}
