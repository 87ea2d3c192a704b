#!/usr/bin/env node
/**
 * The command line. Before the version is known nothing is imported but what judges it, and the syntax of both is old:
 * an old Node would fail with a puzzle instead of a line.
 */
import { versionRefusal } from '../lib/cli/node-version.ts';

const refusal = versionRefusal(process.versions.node);
if (refusal !== undefined) {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
} else {
  import('../lib/cli/main.ts')
    .then(({ main }) => main(process.argv.slice(2)))
    .then((code) => {
      // Output first, then out: nothing left open, like somebody's half-read log, may keep a stopped server alive.
      // 141: what came before has met no reader.
      process.stdout.write('', (unread) => process.stderr.write('', () => process.exit(unread ? 141 : code)));
    });
}
