/** `gofer event`: what has happened. */
import { Command } from 'commander';
import type { Event, EventFilter } from '../client/types.ts';
import { examples, type PageOptions, paged, pageOf, type Runner } from './command.ts';
import { redriveCommand } from './event-redrive.ts';
import { UsageError } from './exit.ts';
import type { Session } from './session.ts';

type ListOptions = PageOptions & {
  follow?: boolean;
  history: boolean;
  kind?: string;
  pipeline?: string;
  extended?: boolean;
};

export function eventCommand(runner: Runner): Command {
  const event = new Command('event').description('Events: what has happened');

  event
    .command('get')
    .description('Show one event')
    .argument('<id>', 'the event')
    .addHelpText('after', examples('gofer event get 01a2065b-1717-73e1-a792-c064a55e03cb'))
    .action(
      runner.action(async (session, id: string) => {
        const answer = await session.client.events.get(id);
        await session.terminal.show(answer, () => [eventLine(session, answer.event)]);
      }),
    );

  paged(event.command('list').description('List events, the oldest first'))
    .option('-f, --follow', 'stay, and print events as they happen')
    .option('--no-history', 'with --follow: only what happens from now on')
    .option('--kind <kinds>', 'only these kinds, separated by commas: queued_run,completed_run')
    .option('--pipeline <pipeline>', 'only what happened to this pipeline of the namespace')
    .option('--extended', 'also the kinds that only this Gofer has, as attached_task_execution')
    .addHelpText(
      'after',
      examples(
        'gofer event list --reverse --limit 20',
        'gofer event list --follow --no-history',
        'gofer event list --pipeline build --kind completed_run',
      ),
    )
    .action(
      runner.action(async (session, options: ListOptions) => {
        if (options.follow) return follow(session, options);
        const answer = await session.terminal.progress(
          'reading events',
          session.client.events.list({ ...pageOf(options), ...filterOf(session, options) }),
        );
        await session.terminal.show(answer, () => answer.events.map((each) => eventLine(session, each)));
      }),
    );

  event
    .command('delete')
    .description('Delete an event')
    .argument('<id>', 'the event')
    .addHelpText('after', examples('gofer event delete 01a2065b-1717-73e1-a792-c064a55e03cb'))
    .action(
      runner.action(async (session, id: string) => {
        await session.client.events.delete(id);
        await session.terminal.say(`Deleted event "${id}".`);
      }),
    );

  event.addCommand(redriveCommand(runner));
  return event;
}

function filterOf({ config }: Session, { kind, pipeline, extended }: Omit<ListOptions, 'history'>): EventFilter {
  return {
    ...(kind !== undefined && { kind }),
    ...(pipeline !== undefined && { pipeline, namespace: config.namespace }),
    ...(extended && { kinds: 'extended' }),
  };
}

/** Until Ctrl-C, which is how following ends: no failure. */
async function follow(session: Session, { history, ...options }: ListOptions): Promise<void> {
  const page = pageOf(options);
  if (page.limit !== undefined || page.offset !== undefined || page.reverse)
    throw new UsageError('--follow has no end to count from: leave out --limit, --offset and --reverse');
  const { terminal, client, io } = session;
  const abort = new AbortController();
  const release = io.onInterrupt(() => abort.abort());
  try {
    for await (const event of client.events.follow({ history, ...filterOf(session, options), signal: abort.signal })) {
      if (terminal.format === 'json') await io.stdout.write(`${JSON.stringify(event)}\n`);
      else await terminal.show(event, () => [eventLine(session, event)]);
    }
  } finally {
    release();
  }
}

/** `2026-11-23T04:00:01.000Z  completed_run  pipeline=build  run=3  status=successful`. */
function eventLine({ terminal: { style } }: Session, event: Event): string {
  const [name, facts] = typeof event.kind === 'string' ? [event.kind, {}] : (Object.entries(event.kind)[0] ?? ['', {}]);
  const about = Object.entries(facts).map(([key, value]) => `${style.dim(`${key.replace(/_id$/, '')}=`)}${value}`);
  return [style.dim(new Date(event.emitted).toISOString()), style.bold(name.padEnd(24)), ...about].join('  ');
}
