#!/usr/bin/env node
/**
 * The command line. Nothing is imported before the version is known, and the syntax is old: an old Node would fail with
 * a puzzle instead of a line.
 */
const major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  process.stderr.write(`gofer needs Node.js 22 or newer; this is ${process.versions.node}\n`);
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
