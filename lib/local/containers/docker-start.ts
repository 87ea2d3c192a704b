/** A command that can't be started: Docker's init process tells it by its exit code and a line on stderr. */
import { readBatches } from '../logs/reader.ts';

/** tini exits with these when it can't start the command: not found, not executable. */
const codes = [126, 127];
const words = /^\[FATAL tini \(\d+\)\] (exec .* failed: .*)$/;

/** In ECS's words, or `undefined`: it was the command itself that exited so. */
export async function failureOf(path: string, exitCode: number): Promise<string | undefined> {
  if (!codes.includes(exitCode)) return undefined;
  for await (const [line] of readBatches(path, { from: 0, follow: false, ended: async () => true })) {
    const said = words.exec(Buffer.from(line?.data ?? []).toString())?.[1];
    return said === undefined ? undefined : `CannotStartContainerError: ${said}`;
  }
  return undefined;
}
