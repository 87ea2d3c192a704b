/** `gofer pipeline`: what is registered, and its configs and deployments. */
import { Command } from 'commander';
import type { Config, Pipeline } from '../client/types.ts';
import { examples, type PageOptions, paged, pageOf, type Runner } from './command.ts';
import { deploymentCommand } from './deployment.ts';
import { pipelineObjectCommand } from './object.ts';
import { pipelineConfigCommand } from './pipeline-config.ts';
import { graphCommand, validateCommand } from './pipeline-file.ts';
import { nextRun, writeNextRun } from './pipeline-schedule.ts';
import { subscriptionCommands } from './pipeline-subscription.ts';
import { startOptions, startRun } from './run-start.ts';
import type { Session } from './session.ts';
import { fieldLines } from './terminal/fields.ts';
import { statusPaint } from './terminal/style.ts';
import { tableLines } from './terminal/table.ts';

export function pipelineCommand(runner: Runner): Command {
  const pipeline = new Command('pipeline').description('Pipelines: tasks and what they depend on');
  const one = (name: string, description: string) =>
    pipeline
      .command(name)
      .description(description)
      .argument('<pipeline>', 'the pipeline')
      .addHelpText('after', examples(`gofer pipeline ${name} build`));

  paged(pipeline.command('list').description('List the pipelines of a namespace'))
    .addHelpText('after', examples('gofer pipeline list', 'gofer pipeline list --namespace team-x'))
    .action(runner.action((session, options: PageOptions) => listPipelines(session, options)));

  one('get', 'Show a pipeline and its live version').action(
    runner.action((session, id: string) => getPipeline(session, id)),
  );

  startOptions(one('run', 'Start a run; the same as gofer run start')).action(runner.action(startRun));

  for (const [name, state] of [
    ['enable', 'active'],
    ['disable', 'disabled'],
  ] as const)
    one(name, state === 'active' ? 'Let new runs start again' : 'Refuse new runs; running ones go on').action(
      runner.action(async (session, id: string) => {
        await session.client.pipelines.update(session.pipeline(id), { state });
        await session.terminal.say(`Pipeline "${id}" is ${state}.`);
      }),
    );

  one('delete', 'Delete a pipeline with its configs and runs').action(
    runner.action(async (session, id: string) => {
      await session.terminal.progress('deleting', session.client.pipelines.delete(session.pipeline(id)));
      await session.terminal.say(`Deleted pipeline "${id}".`);
    }),
  );

  pipeline.addCommand(pipelineConfigCommand(runner));
  pipeline.addCommand(deploymentCommand(runner));
  pipeline.addCommand(pipelineObjectCommand(runner));
  for (const command of subscriptionCommands(runner)) pipeline.addCommand(command);
  pipeline.addCommand(validateCommand(runner));
  pipeline.addCommand(graphCommand(runner));
  return pipeline;
}

export async function listPipelines(session: Session, options: PageOptions): Promise<void> {
  const { namespace } = session.config;
  const answer = await session.client.pipelines.list(namespace, pageOf(options));
  const { style } = session.terminal;
  await session.terminal.show(answer, () =>
    tableLines(
      ['pipeline', 'state', 'created', 'modified'],
      answer.pipelines.map(({ pipeline_id, state, created, modified }) => [
        pipeline_id,
        { text: state, paint: statusPaint(style, state) },
        session.when(created),
        session.when(modified),
      ]),
      session.terminal,
    ),
  );
  if (answer.pipelines.length === 0)
    await session.terminal.notice(`No pipelines in namespace "${namespace}" yet. Register one: gofer up PATH`);
}

export async function getPipeline(session: Session, id: string): Promise<void> {
  const ref = session.pipeline(id);
  const [{ pipeline }, { configs }] = await Promise.all([
    session.client.pipelines.get(ref),
    session.client.configs.list(ref),
  ]);
  const live = configs.find(({ state }) => state === 'live');
  const newest = configs.reduce<Config | undefined>((a, b) => (a && a.version > b.version ? a : b), undefined);
  const next_run = await nextRun(pipeline, live, session.io.now());
  const answer = { pipeline, live: live ?? null, newest_version: newest?.version ?? null, next_run };
  await session.terminal.show(answer, () => [
    ...pipelineLines(session, pipeline, live, newest, next_run),
    ...(live ? ['', ...configTasks(session, live)] : []),
  ]);
}

function pipelineLines(
  session: Session,
  pipeline: Pipeline,
  live: Config | undefined,
  newest: Config | undefined,
  next: number | null,
): string[] {
  const { style } = session.terminal;
  const undeployed = newest && newest.version !== live?.version ? `v${newest.version}, not deployed` : undefined;
  return [
    `Pipeline ${style.bold(pipeline.pipeline_id)}  ${statusPaint(style, pipeline.state)(pipeline.state)}`,
    ...fieldLines(
      [
        ['namespace', pipeline.namespace_id],
        ['name', (live ?? newest)?.name],
        ['description', (live ?? newest)?.description],
        ['live', live ? `v${live.version}` : 'nothing deployed yet'],
        ['newest', undeployed],
        ['managed by', pipeline.managed_by && `stack ${pipeline.managed_by.stack}`],
        ['runs at once', live && (live.parallelism || 'no limit')],
        ['schedule', live?.schedule && `${live.schedule.join(', ')} (UTC)`],
        ['next run', writeNextRun(pipeline, live, next, session.io.now())],
        ['created', session.when(pipeline.created)],
        ['modified', session.when(pipeline.modified)],
      ],
      style,
    ),
  ];
}

/** The tasks of a config with what they depend on. */
export const configTasks = (session: Session, config: Config): string[] =>
  tableLines(
    ['task', 'image', 'depends on', 'description'],
    Object.values(config.tasks).map(({ id, image, depends_on, description }) => [
      id,
      image,
      Object.entries(depends_on)
        .map(([parent, condition]) => `${parent} (${condition})`)
        .join(', '),
      description,
    ]),
    session.terminal,
  );
