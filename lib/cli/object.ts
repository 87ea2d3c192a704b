/** `gofer pipeline object`, `run object` and `extension object`: bytes under a key, kept for tasks and people. */
import { Command } from 'commander';
import type { Client } from '../client/client.ts';
import type { Page } from '../client/types.ts';
import { examples, type PageOptions, paged, pageOf, positive, type Runner } from './command.ts';
import { contentOf, saveTo } from './content.ts';
import type { Session } from './session.ts';
import { writeBytes } from './terminal/bytes.ts';
import { tableLines } from './terminal/table.ts';

/** Whose objects: how a command names the owner, and what the client calls them. */
type Owner<Args extends unknown[], Ref> = {
  readonly noun: 'pipeline' | 'run' | 'extension';
  readonly example: string;
  readonly arguments: (command: Command) => Command;
  readonly ref: (session: Session, ...args: Args) => Ref;
  readonly calls: (client: Client) => Calls<Ref>;
};

type Calls<Ref> = {
  readonly list: (ref: Ref, page: Page) => ReturnType<Client['runs']['objects']['list']>;
  readonly get: (ref: Ref, key: string) => Promise<Response>;
  readonly put: (
    ref: Ref,
    key: string,
    content: Blob,
    options: { force: boolean },
  ) => ReturnType<Client['runs']['objects']['put']>;
  readonly delete: (ref: Ref, key: string) => Promise<void>;
};

export const pipelineObjectCommand = (runner: Runner): Command =>
  objectCommand(runner, {
    noun: 'pipeline',
    example: 'build',
    arguments: (command) => command.argument('<pipeline>', 'the pipeline'),
    ref: (session, pipeline: string) => session.pipeline(pipeline),
    calls: ({ pipelines }) => pipelines.objects,
  });

export const runObjectCommand = (runner: Runner): Command =>
  objectCommand(runner, {
    noun: 'run',
    example: 'build 3',
    arguments: (command) =>
      command.argument('<pipeline>', 'the pipeline').argument('<run>', 'the number of the run', positive),
    ref: (session, pipeline: string, run: number) => session.run(pipeline, run),
    calls: ({ runs }) => runs.objects,
  });

export const extensionObjectCommand = (runner: Runner): Command =>
  objectCommand(runner, {
    noun: 'extension',
    example: 'hooks',
    arguments: (command) => command.argument('<extension>', 'the extension'),
    ref: (_, extension: string) => extension,
    calls: ({ extensions }) => extensions.objects,
  });

function objectCommand<Args extends unknown[], Ref>(runner: Runner, owner: Owner<Args, Ref>): Command {
  const { noun, example, ref } = owner;
  const owned = `${noun === 'extension' ? 'an' : 'a'} ${noun}`;
  const object = new Command('object').description(`Objects of ${owned}: bytes under a key`);
  const command = (name: string, description: string, ...lines: readonly string[]) =>
    owner
      .arguments(object.command(name).description(description))
      .addHelpText('after', examples(...lines.map((line) => `gofer ${noun} object ${line}`)));
  const action = <More extends unknown[]>(
    work: (session: Session, objects: Calls<Ref>, of: Ref, ...more: More) => Promise<void>,
  ) =>
    runner.action(async (session, ...all: [...Args, ...More]) => {
      const count = noun === 'run' ? 2 : 1;
      const of = ref(session, ...(all.slice(0, count) as Args));
      await work(session, owner.calls(session.client), of, ...(all.slice(count) as More));
    });

  paged(command('list', `List the objects of ${owned}, by their keys`, `list ${example}`), 'from the end').action(
    action(async (session, objects, of, options: PageOptions) => {
      const answer = await objects.list(of, pageOf(options));
      await session.terminal.show(answer, () =>
        tableLines(
          ['key', 'size', 'created'],
          answer.objects.map(({ key, size = 0, created }) => [key, writeBytes(size), session.when(created)]),
          session.terminal,
        ),
      );
    }),
  );

  command(
    'get',
    'Write the content of an object to standard output, or to a file',
    `get ${example} report.html > report.html`,
    `get ${example} report.html report.html`,
  )
    .argument('<key>', 'the key of the object')
    .argument('[file]', 'where to write it')
    .action(
      action(async (session, objects, of, key: string, file: string | undefined) => {
        await saveTo(session.io, file, await objects.get(of, key));
      }),
    );

  command('put', 'Store an object', `put ${example} report.html ./out/report.html`, `put ${example} totals - --force`)
    .alias('store')
    .argument('<key>', 'the key of the object')
    .argument('<file>', 'its content; - reads standard input')
    .option('-f, --force', 'replace an object that exists')
    .action(
      action(async (session, objects, of, key: string, file: string, { force = false }: { force?: boolean }) => {
        const answer = await contentOf(session.io, file, (content) =>
          session.terminal.progress('storing', objects.put(of, key, content, { force })),
        );
        const { size = 0 } = answer.object;
        await session.terminal.show(answer, () => [`Stored object "${key}", ${writeBytes(size)}.`]);
      }),
    );

  command('delete', 'Delete an object', `delete ${example} report.html`)
    .argument('<key>', 'the key of the object')
    .action(
      action(async (session, objects, of, key: string) => {
        await objects.delete(of, key);
        await session.terminal.say(`Deleted object "${key}".`);
      }),
    );

  return object;
}
