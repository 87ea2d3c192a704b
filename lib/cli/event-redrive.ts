/** `gofer event redrive`: lost events of an installation on AWS go to their functions once more. */
import { Command } from 'commander';
import { type Outcome, type Redriven, redrive } from '../lost-events/redrive.ts';
import { type AwsFlags, awsOptions } from './aws/options.ts';
import { AwsError, awsError, readStack } from './aws/stack.ts';
import { examples, type Runner } from './command.ts';
import { exit } from './exit.ts';
import type { Session } from './session.ts';
import { tableLines } from './terminal/table.ts';

type RedriveFlags = AwsFlags & { dryRun?: boolean };

export const redriveCommand = (runner: Runner): Command =>
  awsOptions(new Command('redrive').description('On AWS: hand lost events to their functions once more'))
    .option('--dry-run', 'show what is in the queue, and change nothing')
    .addHelpText('after', examples('gofer event redrive --dry-run', 'gofer event redrive --stack Gofer --profile team'))
    .action(
      runner.action(async (session: Session, flags: RedriveFlags) => {
        const redriven = await session.terminal.progress('redriving lost events', redriveAll(flags));
        await session.terminal.show(redriven, () => linesOf(redriven, session));
        return redriven.some(({ outcome }) => outcome === 'failed' || outcome === 'refused') ? exit.failed : exit.ok;
      }),
    );

async function redriveAll(flags: RedriveFlags): Promise<Redriven[]> {
  const { outputs } = await readStack(flags);
  const url = outputs['LostEventsQueueUrl'];
  if (!url)
    throw new AwsError(
      `the stack "${flags.stack}" has no output LostEventsQueueUrl: it is not an installation of Gofer`,
      ['name the right one:   --stack NAME --region REGION'],
    );
  try {
    // Loaded for this command alone: the SDK's clients take a while.
    const { openFunctions, openLostQueue, stackFunctions } = await import('./aws/lost-events.ts');
    const known = await stackFunctions(flags);
    const [queue, functions] = [openLostQueue(flags, url), openFunctions(flags)];
    const redriven: Redriven[] = [];
    for await (const each of redrive({ queue, functions, known, dryRun: flags.dryRun ?? false })) redriven.push(each);
    return redriven;
  } catch (error) {
    throw awsError(error, flags);
  }
}

const words: Readonly<Record<Outcome, string>> = {
  delivered: 'delivered',
  ready: 'would be delivered',
  needless: 'needless',
  failed: 'failed again',
  refused: 'left alone',
};

function linesOf(redriven: readonly Redriven[], { terminal }: Session): string[] {
  if (redriven.length === 0) return ['No event was lost: the queue is empty.'];
  const { green, red, dim } = terminal.style;
  const paint = { delivered: green, ready: green, needless: dim, failed: red, refused: red };
  return tableLines(
    ['outcome', 'function', 'event', 'was lost because', 'not delivered because'],
    redriven.map((each) => [
      { text: words[each.outcome], paint: paint[each.outcome] },
      each.function ?? '',
      each.about ?? '',
      each.lost ?? '',
      each.problem ?? '',
    ]),
    terminal,
  );
}
