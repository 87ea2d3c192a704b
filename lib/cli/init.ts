/** `gofer init`: a first pipeline to start from. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { ConflictError, InvalidError } from '../errors.ts';
import { examples, type Runner } from './command.ts';

export const initCommand = (runner: Runner): Command =>
  new Command('init')
    .description('Write a first pipeline to start from')
    .argument('[path]', 'the file to write', 'pipeline.ts')
    .addHelpText('after', examples('gofer init', 'gofer init jobs/nightly.ts'))
    .action(
      runner.action(async (session, path: string) => {
        const { io, terminal } = session;
        if (!path.endsWith('.ts'))
          throw new InvalidError(`"${path}" must end in .ts: the first pipeline is written in TypeScript`);
        const { pipelineTemplate } = await import('../source/template.ts');
        // `wx` fails when the file is there, also when it came into being just now.
        await writeFile(resolve(io.cwd, path), pipelineTemplate(idFrom(path)), { flag: 'wx' }).catch(
          (error: NodeJS.ErrnoException) => {
            if (error.code === 'EEXIST')
              throw new ConflictError(
                `"${path}" exists and is left as it is; name another file: gofer init ${another(path)}`,
              );
            throw new InvalidError(
              `"${path}" can't be written: ${error.code === 'ENOENT' ? 'its folder does not exist' : error.message}`,
            );
          },
        );
        await terminal.show({ path }, () => [
          `Wrote ${path}.`,
          terminal.style.dim('Next:  gofer dev                              (in another terminal)'),
          terminal.style.dim(`       gofer up ${path} --run --follow`),
        ]);
      }),
    );

const another = (path: string): string => join(dirname(path), `my-${basename(path)}`);

/** `jobs/nightly.ts` holds the pipeline "nightly"; a name that can't be an id leaves the template's own. */
function idFrom(path: string): string | undefined {
  const name = basename(path, '.ts');
  return name !== 'pipeline' && /^[a-zA-Z0-9-]{3,32}$/.test(name) ? name : undefined;
}
