/** `gofer extension`: containers beside the server that start runs on behalf of pipelines. */
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { examples, type PageOptions, paged, pageOf, type Runner, variable } from './command.ts';
import { extensionLines } from './extension-lines.ts';
import { untilRunning } from './extension-wait.ts';
import { type LogOptions, readLog } from './follow/log.ts';
import { extensionObjectCommand } from './object.ts';
import type { Session } from './session.ts';
import { statusPaint } from './terminal/style.ts';
import { tableLines } from './terminal/table.ts';

export function extensionCommand(runner: Runner): Command {
  const extension = new Command('extension').description('Extensions: containers that start runs for pipelines');
  const one = (name: string, description: string) =>
    extension
      .command(name)
      .description(description)
      .argument('<id>', 'the extension')
      .addHelpText('after', examples(`gofer extension ${name} hooks`));

  paged(extension.command('list').description('List the installed extensions'), 'from the end')
    .addHelpText('after', examples('gofer extension list'))
    .action(runner.action((session, options: PageOptions) => listExtensions(session, options)));

  one('get', 'Show an extension, what it takes, and who subscribes to it').action(
    runner.action((session, id: string) => getExtension(session, id)),
  );

  extension
    .command('install')
    .description('Install and start an extension')
    .argument('<id>', '3 to 32 letters, digits and hyphens')
    .argument('<image>', 'the image of its container')
    .option('-s, --setting <KEY=VALUE>', 'a setting, which is a variable of the container; can be repeated', variable)
    .option('--role <id...>', 'roles that it has beside its own')
    .option('--registry-user <name>', 'who pulls the image; the password is read from standard input')
    .option('--entrypoint <word...>', "replaces the image's own")
    .option('--command <word...>', "replaces the image's own; without Docker it is what runs")
    .option(...noWait)
    .addHelpText(
      'after',
      examples(
        'gofer extension install hooks ghcr.io/example/hooks:1',
        'gofer extension install hooks ghcr.io/example/hooks:1 -s greeting=hello --role ci',
        "gofer extension install hooks ghcr.io/example/hooks:1 -s token='global_secret{{ hooks }}'",
        'gofer extension install hooks ghcr.io/example/hooks:1 --registry-user bot < password.txt',
        'gofer extension install hooks ghcr.io/example/hooks:1 --no-wait',
      ),
    )
    .action(runner.action(installExtension));

  one('uninstall', 'Stop and remove an extension; its objects go with it').action(
    runner.action(async (session, id: string) => {
      await session.terminal.progress('stopping', session.client.extensions.uninstall(id));
      await session.terminal.say(`Uninstalled extension "${id}".`);
    }),
  );

  one('enable', 'Start an extension that is switched off')
    .option(...noWait)
    .action(
      runner.action(async (session, id: string, { wait }: WaitOption) => {
        const start = async () => {
          await session.client.extensions.update(id, { enable: true });
          if (wait) await untilRunning(session, id);
        };
        await session.terminal.progress(`starting ${id}`, start());
        await session.terminal.say(`Extension "${id}" is enabled.`);
      }),
    );

  one('disable', 'Stop an extension; its subscriptions wait').action(
    runner.action(async (session, id: string) => {
      await session.terminal.progress('stopping', session.client.extensions.update(id, { enable: false }));
      await session.terminal.say(`Extension "${id}" is disabled.`);
    }),
  );

  one('logs', 'Print the log of an extension since its last start')
    .option('-f, --follow', 'stay, and print lines as they come')
    .option('--timestamps', 'begin each line with the time it was written')
    .action(runner.action((session, id: string, options: LogOptions) => readExtensionLog(session, id, options)));

  one('debug', 'Show what an extension tells of its inside').action(
    runner.action(async (session, id: string) => {
      const answer = await session.client.extensions.debug(id);
      await session.terminal.show(answer, () => answer.info.split('\n'));
    }),
  );

  extension.addCommand(extensionObjectCommand(runner));
  return extension;
}

/** One machine answers when it runs, so there is nothing to wait for. */
const noWait = ['--no-wait', 'on AWS: return while its container still starts'] as const;
type WaitOption = { wait: boolean };

type InstallOptions = WaitOption & {
  setting?: Record<string, string>;
  role?: string[];
  registryUser?: string;
  entrypoint?: string[];
  command?: string[];
};

async function installExtension(session: Session, id: string, image: string, options: InstallOptions): Promise<void> {
  const { setting = {}, role, registryUser: user, entrypoint, command, wait } = options;
  const pass = user === undefined ? '' : (await text(session.io.stdin)).replace(/\r?\n$/, '');
  const body = {
    ...{ id, image, settings: setting },
    ...(role && { additional_roles: role }),
    ...(user !== undefined && { registry_auth: { user, pass } }),
    ...(entrypoint && { entrypoint }),
    ...(command && { command }),
  };
  const start = async () => {
    const installed = await session.client.extensions.install(body);
    const there = !wait || installed.extension.state === 'running';
    return there ? installed : { extension: await untilRunning(session, id) };
  };
  const answer = await session.terminal.progress(`starting ${id}`, start());
  await session.terminal.show(answer, () => extensionLines(session, answer.extension, []));
}

async function listExtensions(session: Session, options: PageOptions): Promise<void> {
  const answer = await session.client.extensions.list(pageOf(options));
  const { style } = session.terminal;
  await session.terminal.show(answer, () =>
    tableLines(
      ['extension', 'state', 'image', 'started', 'reason'],
      answer.extensions.map(({ registration, state, started, reason }) => [
        registration.extension_id,
        { text: state, paint: statusPaint(style, state) },
        registration.image,
        session.when(started),
        reason ?? '',
      ]),
      session.terminal,
    ),
  );
}

async function getExtension(session: Session, id: string): Promise<void> {
  const { client, terminal } = session;
  const [answer, { subscriptions }] = await Promise.all([
    client.extensions.get(id),
    client.extensions.subscriptions(id),
  ]);
  await terminal.show({ ...answer, subscriptions }, () => extensionLines(session, answer.extension, subscriptions));
}

function readExtensionLog(session: Session, id: string, options: LogOptions): Promise<number> {
  const { extensions } = session.client;
  const source = {
    about: { extension: id },
    follow: (signal: AbortSignal) => extensions.followLog(id, { signal }),
    read: (reading: { timestamps: boolean; signal: AbortSignal }) => extensions.readLog(id, reading),
  };
  return readLog(session, source, options);
}
