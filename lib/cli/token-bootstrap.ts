/** `gofer token bootstrap`: the first token of an installation. */
import { Command } from 'commander';
import type { Token } from '../client/types.ts';
import { bootstrapOnAws } from './aws/bootstrap.ts';
import { type AwsFlags, awsOptions } from './aws/options.ts';
import { examples, type Runner } from './command.ts';
import { saveSettings } from './config-file.ts';
import { UsageError } from './exit.ts';
import type { Session } from './session.ts';

type Bootstrapped = { readonly secret: string; readonly token_details: Token; readonly api_base_url?: string };
type BootstrapFlags = AwsFlags & { aws?: boolean; again?: boolean; save?: boolean };

export const bootstrapCommand = (runner: Runner): Command =>
  awsOptions(
    new Command('bootstrap')
      .description('Create the first token, which may do everything; works once')
      .option('--aws', "of an installation on AWS: with its stack's one-time code, read with your AWS credentials")
      .option('--again', 'with --aws, when that token is lost: replace it; the lost one opens nothing any more')
      .option('--save', 'keep the token, and with --aws the address, in the configuration file'),
  )
    .addHelpText(
      'after',
      examples(
        'export GOFER_TOKEN=$(gofer token bootstrap)',
        'gofer token bootstrap --aws --save',
        'gofer token bootstrap --aws --stack Gofer --region eu-central-1 --profile team',
      ),
    )
    .action(
      runner.action(async (session: Session, flags: BootstrapFlags) => {
        if (!flags.aws && (flags.region || flags.profile || flags.again))
          throw new UsageError('--region, --profile and --again need --aws');
        const answer: Bootstrapped = flags.aws
          ? await session.terminal.progress('asking for the first token', bootstrapOnAws(session, flags, flags.again))
          : await session.client.tokens.bootstrap();
        const { secret, api_base_url } = answer;
        // First of all: nobody can ask for it again.
        await session.terminal.show(answer, () => [secret]);
        if (flags.save) {
          const file = await saveSettings(session, { ...(api_base_url && { api_base_url }), token: secret });
          return session.terminal.notice(`It is kept in ${file}, and used from now on.`);
        }
        const address = api_base_url ? [`  export GOFER_API_BASE_URL=${api_base_url}`] : [];
        const lines = [
          'Keep this token: it is not shown again. To use it:',
          ...address,
          '  export GOFER_TOKEN=<token>',
        ];
        if (session.terminal.format === 'plain') await session.terminal.notice(lines.join('\n'));
      }),
    );
