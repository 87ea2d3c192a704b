/** `gofer doctor`: what is wrong with this installation, and what to do about it. */
import { Command } from 'commander';
import { readApi } from '../doctor/api.ts';
import { type Check, examine, type Finding, type Status } from '../doctor/check.ts';
import { type AwsFlags, awsOptions } from './aws/options.ts';
import { examples, type Runner } from './command.ts';
import { exit, UsageError } from './exit.ts';
import type { Session } from './session.ts';
import { pad } from './terminal/text.ts';
import { version } from './version.ts';

type DoctorFlags = AwsFlags & { aws?: boolean; data: string };

export const doctorCommand = (runner: Runner): Command =>
  awsOptions(new Command('doctor').description('Check the installation, and say what to do'))
    .option('--aws', 'check the stack in an AWS account; the default when the API is there')
    .option('--data <folder>', "on one machine: the server's data folder", '.gofer')
    .addHelpText('after', examples('gofer doctor', 'gofer doctor --aws --stack Gofer --region eu-central-1'))
    .action(
      runner.action(async (session: Session, flags: DoctorFlags) => {
        const groups = await checksFor(session, flags);
        const findings = await session.terminal.progress('examining', examine(groups));
        await session.terminal.show(findings, () => linesOf(findings, groups, session));
        return findings.some(({ status }) => status === 'fail') ? exit.failed : exit.ok;
      }),
    );

async function checksFor(session: Session, flags: DoctorFlags): Promise<readonly (readonly Check[])[]> {
  const { config, io } = session;
  const api = (url: string) =>
    readApi({ url, token: config.token, version: version(), fetch: io.fetch, now: io.now, wait: io.wait });
  const url = config.api_base_url;
  const onAws = flags.aws ?? isOnAws(url);
  if (!onAws && (flags.region || flags.profile)) throw new UsageError('--region and --profile need --aws');
  // Loaded for this command alone: what they bring along is half of the AWS SDK, or a client of Docker.
  if (onAws) {
    const [{ awsChecks }, { openAccount }] = await Promise.all([
      import('../doctor/aws/checks.ts'),
      import('../doctor/aws/reader.ts'),
    ]);
    const chosen = session.resolved.sources.api_base_url !== 'default';
    return awsChecks({ account: openAccount({ ...flags, ...regionOf(url, flags) }), api: memo(api), url, chosen });
  }
  const [{ localChecks }, { thisMachine }] = await Promise.all([
    import('../doctor/local/checks.ts'),
    import('../doctor/local/machine.ts'),
  ]);
  const facts = memo(api);
  return localChecks({
    machine: thisMachine,
    api: () => facts(url),
    client: session.client,
    node: process.versions.node,
    data: flags.data,
  });
}

const apiGateway = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

const isOnAws = (url: string): boolean => apiGateway.test(new URL(url).hostname);

/** The API's address names its region. */
function regionOf(url: string, { region, profile }: AwsFlags): { region?: string } {
  const found = region ?? (profile ? undefined : apiGateway.exec(new URL(url).hostname)?.[1]);
  return found ? { region: found } : {};
}

/** Several checks judge the same answer. */
function memo<T>(read: (url: string) => Promise<T>): (url: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (url) => {
    const answer = answers.get(url) ?? read(url);
    answers.set(url, answer);
    return answer;
  };
}

const marks: Readonly<Record<Status, string>> = { ok: 'ok', warn: 'warn', fail: 'FAIL' };

function linesOf(
  findings: readonly Finding[],
  groups: readonly (readonly Check[])[],
  { terminal: { style } }: Session,
): string[] {
  const paint = { ok: style.green, warn: style.yellow, fail: style.red };
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(width + 8);
  const lines = findings.flatMap(({ check, status, says, next }) => [
    `${paint[status](pad(marks[status], 4))}  ${pad(check, width)}  ${says}`,
    ...(next ? [style.dim(`${indent}${next}`)] : []),
  ]);
  const examined = new Set(findings.map(({ check }) => check));
  const left = groups.flat().filter(({ name }) => !examined.has(name));
  const failed = findings.some(({ status }) => status === 'fail');
  return failed && left.length
    ? [...lines, style.dim(`Not examined, they need the above: ${left.map(({ name }) => name).join(', ')}`)]
    : lines;
}
