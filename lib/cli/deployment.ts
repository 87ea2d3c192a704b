/** `gofer pipeline deployment`: which version was live when, and going back. */
import { Command } from 'commander';
import type { Deployment, PipelineRef } from '../client/types.ts';
import { GoferError } from '../errors.ts';
import { examples, type PageOptions, paged, pageOf, positive, type Runner } from './command.ts';
import type { Session } from './session.ts';
import { fieldLines } from './terminal/fields.ts';
import { statusPaint } from './terminal/style.ts';
import { tableLines } from './terminal/table.ts';
import { took } from './terminal/time.ts';

export function deploymentCommand(runner: Runner): Command {
  const deployment = new Command('deployment').description('Deployments: which version was live when');

  paged(
    deployment.command('list').description('List the deployments of a pipeline').argument('<pipeline>', 'the pipeline'),
  )
    .addHelpText('after', examples('gofer pipeline deployment list build --reverse --limit 5'))
    .action(
      runner.action(async (session, id: string, options: PageOptions) => {
        const answer = await session.client.deployments.list(session.pipeline(id), pageOf(options));
        const { style } = session.terminal;
        await session.terminal.show(answer, () =>
          tableLines(
            ['id', 'from', 'to', 'status', 'started', 'took', 'reason'],
            answer.deployments.map((each) => [
              each.deployment_id,
              `v${each.start_version}`,
              `v${each.end_version}`,
              { text: outcome(each), paint: statusPaint(style, outcome(each)) },
              session.when(each.started),
              took(each.started, each.ended, session.io.now()),
              each.status_reason?.description ?? '',
            ]),
            session.terminal,
          ),
        );
      }),
    );

  deployment
    .command('get')
    .description('Show one deployment')
    .argument('<pipeline>', 'the pipeline')
    .argument('<deployment>', 'the deployment', positive)
    .addHelpText('after', examples('gofer pipeline deployment get build 2'))
    .action(
      runner.action(async (session, id: string, number: number) => {
        const answer = await session.client.deployments.get(session.pipeline(id), number);
        await session.terminal.show(answer, () => deploymentLines(session, answer.deployment));
      }),
    );

  deployment
    .command('rollback')
    .description('Deploy the version that was live before')
    .argument('<pipeline>', 'the pipeline')
    .addHelpText('after', examples('gofer pipeline deployment rollback build'))
    .action(runner.action(rollback));

  return deployment;
}

/** Deploys a version and waits until it is live. */
export async function deployVersion(session: Session, id: string, version: number): Promise<void> {
  const deployment = await deploy(session, session.pipeline(id), version);
  await session.terminal.show({ deployment }, () => [`Pipeline "${id}" v${version} is live.`]);
}

export const deploy = (session: Session, ref: PipelineRef, version: number): Promise<Deployment> =>
  ended(session, ref, `deploying ${ref.pipeline} v${version}`, session.client.configs.deploy(ref, version));

async function rollback(session: Session, id: string): Promise<void> {
  const ref = session.pipeline(id);
  const deployment = await ended(session, ref, `rolling back ${id}`, session.client.deployments.rollback(ref));
  await session.terminal.show({ deployment }, () => [`Pipeline "${id}" is back on v${deployment.end_version}.`]);
}

/** A failed deployment leaves the old version live, which the error says. */
async function ended(
  { client, io, terminal }: Session,
  ref: PipelineRef,
  label: string,
  begun: Promise<{ deployment: Deployment }>,
): Promise<Deployment> {
  const work = async () => {
    let { deployment } = await begun;
    for (let tries = 0; deployment.state !== 'Complete'; tries++) {
      await io.wait(Math.min(50 * 2 ** tries, 1000));
      ({ deployment } = await client.deployments.get(ref, deployment.deployment_id));
    }
    return deployment;
  };
  const deployment = await terminal.progress(label, work());
  if (deployment.status !== 'Failed') return deployment;
  const { start_version: before, end_version: version } = deployment;
  const stays = before === version ? '' : `; v${before} stays live`;
  const why = deployment.status_reason?.description ?? 'no reason given';
  throw new GoferError(
    500,
    'failed_precondition',
    `v${version} of "${ref.pipeline}" could not be deployed: ${why}${stays}`,
  );
}

const outcome = (deployment: Deployment): string =>
  (deployment.state === 'Complete' ? deployment.status : deployment.state).toLowerCase();

function deploymentLines(session: Session, deployment: Deployment): string[] {
  const { style } = session.terminal;
  const status = outcome(deployment);
  return [
    `Deployment ${style.bold(`#${deployment.deployment_id}`)} of ${deployment.pipeline_id}  ${statusPaint(style, status)(status)}`,
    ...fieldLines(
      [
        ['from', `v${deployment.start_version}`],
        ['to', `v${deployment.end_version}`],
        ['started', session.when(deployment.started)],
        ['took', took(deployment.started, deployment.ended, session.io.now())],
        ['reason', deployment.status_reason?.description],
      ],
      style,
    ),
  ];
}
