import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { familyOf } from '../../lib/aws/task-definition.ts';
import { Gofer } from '../../lib/infra/gofer.ts';
import { Pipeline, type PipelineOptions, type PipelineProps } from '../../lib/infra/pipeline.ts';
import { compile } from '../../lib/machine/compile.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';
import { pipeline as sdkPipeline, task } from '../../lib/sdk/index.ts';
import { taskDefinitionOf } from '../../lib/task/request.ts';

const image = 'busybox:latest';
const nightly = {
  id: 'nightly',
  schedule: ['0 3 * * MON-FRI', '30 6 1 * MON'],
  tasks: [
    { id: 'fetch', image },
    { id: 'build', image, depends_on: { fetch: 'success' as const } },
  ],
};

type Kept = readonly [id: string, pipeline: PipelineProps, options?: PipelineOptions];

function synth(...pipelines: Kept[]) {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Data');
  const gofer = new Gofer(stack, 'Default');
  for (const [id, pipeline, options] of pipelines) new Pipeline(gofer, id, pipeline, options);
  const template = Template.fromStack(stack);
  return { template, assets: app.synth().directory };
}

const machinesOf = (template: Template) => Object.values(template.findResources('AWS::StepFunctions::StateMachine'));

describe('a pipeline of a stack', () => {
  let template: Template;
  let assets: string;
  beforeAll(() => {
    ({ template, assets } = synth(['Nightly', nightly]));
  }, 60_000);

  test('is a machine named by its content, whose definition the template shows', () => {
    const [machine] = machinesOf(template);
    expect(machine?.['Properties'].StateMachineName).toMatch(/^gofer_[0-9a-f]{12}_[0-9a-f]{32}$/);
    expect(JSON.parse(machine?.['Properties'].DefinitionString)).toEqual(compile(checkPipeline(nightly)));
  });

  test('has one task definition for tasks alike, under the name that launches give', () => {
    const definitions = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    const [first] = checkPipeline(nightly).tasks;
    const family =
      first &&
      familyOf('Data', taskDefinitionOf(first, { id: 'nightly', namespace: 'default' }, { architecture: 'x86_64' }));
    expect(definitions.map(({ Properties }) => Properties.Family)).toEqual([family]);
  });

  test('leaves machine and definitions to the runs that have started, whatever becomes of the stack', () => {
    for (const kind of ['AWS::StepFunctions::StateMachine', 'AWS::ECS::TaskDefinition'])
      template.allResources(kind, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('is registered by a resource of strings, with its config as a file beside the template', () => {
    const [resource] = Object.values(template.findResources('Custom::GoferPipeline'));
    const [machine] = machinesOf(template);
    const { Config } = resource?.['Properties'] ?? {};
    expect(resource?.['Properties']).toEqual({
      ServiceToken: expect.anything(),
      Config,
      Namespace: 'default',
      Pipeline: 'nightly',
      Machine: machine?.['Properties'].StateMachineName,
    });
    expect(JSON.stringify(Config)).toMatch(/https:\/\/s3\..*\.json/);
    const configs = readdirSync(assets).filter((name) => /^asset\..*\.json$/.test(name));
    const written = configs.map((name) => JSON.parse(readFileSync(join(assets, name), 'utf8')));
    expect(written).toContainEqual(checkPipeline(nightly));
  });

  test('is started by rules that name it, through the function that starts what the API schedules', () => {
    const rules = Object.values(
      template.findResources('AWS::Events::Rule', {
        Properties: { ScheduleExpression: Match.stringLikeRegexp('^cron') },
      }),
    );
    expect(rules.map(({ Properties }) => Properties.ScheduleExpression)).toEqual([
      'cron(0 3 ? * 2-6 *)',
      'cron(30 6 1 * ? *)',
      'cron(30 6 ? * 2 *)',
    ]);
    const target = rules[0]?.['Properties'].Targets[0];
    expect(target.Arn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^ControlSchedule/), 'Arn'] });
    expect(target.InputTransformer.InputPathsMap).toEqual({ time: '$.time' });
    const input = target.InputTransformer.InputTemplate.replace('<time>', '"2026-11-02T03:00:00Z"');
    expect(JSON.parse(input)).toEqual({
      v: 1,
      namespace: 'default',
      pipeline: 'nightly',
      cron: '0 3 * * MON-FRI',
      time: '2026-11-02T03:00:00Z',
    });
    expect(target.DeadLetterConfig.Arn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^LostEvents/), 'Arn'] });
  });

  test('becomes live after its machine is there, and its rules come last', () => {
    const [[resource = '', { DependsOn }] = ['', { DependsOn: [] }]] = Object.entries(
      template.findResources('Custom::GoferPipeline'),
    ) as [string, { DependsOn: string[] }][];
    expect(DependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^PipelinesNightlyMachine/), 'GoferUninstall']),
    );
    template.allResources('AWS::Events::Rule', Match.anyValue());
    for (const [name, rule] of Object.entries(template.findResources('AWS::Events::Rule')))
      if (name.startsWith('PipelinesNightly')) expect(rule['DependsOn']).toContain(resource);
  });

  test('of many schedules needs one statement in each policy: a queue’s holds twenty', () => {
    const many = Array.from({ length: 10 }, (_, n) => [`P${n}`, { ...nightly, id: `nightly-${n}` }] as const);
    const all = synth(...many).template;
    const rules = Object.keys(all.findResources('AWS::Events::Rule'));
    expect(rules.length).toBeGreaterThan(30);
    const permissions = Object.keys(all.findResources('AWS::Lambda::Permission'));
    expect(permissions.filter((name) => name.startsWith('ControlSchedule'))).toHaveLength(1);
    for (const { Properties } of Object.values(all.findResources('AWS::SQS::QueuePolicy')))
      expect(Properties.PolicyDocument.Statement.length).toBeLessThan(20);
  });
});

test('a construct may have the name of one of Gofer’s own parts', () => {
  expect(machinesOf(synth(['Tasks', nightly]).template)).toHaveLength(1);
});

describe('what a change does', () => {
  const named = (pipeline: PipelineProps, options: PipelineOptions = {}) => {
    const { template } = synth(['Nightly', pipeline, options]);
    const [[id, machine] = []] = Object.entries(template.findResources('AWS::StepFunctions::StateMachine'));
    return { id, name: machine?.['Properties'].StateMachineName };
  };
  let before: ReturnType<typeof named>;
  beforeAll(() => {
    before = named(nightly);
  }, 60_000);

  test('of the graph makes another machine, in the place that `cdk diff` compares', () => {
    const changed = named({ ...nightly, tasks: nightly.tasks.slice(0, 1) });
    expect(changed.id).toBe(before.id);
    expect(changed.name).not.toBe(before.name);
  });

  test('and back again gives the machine of before', () => {
    expect(named({ ...nightly, tasks: nightly.tasks.toReversed() })).toEqual(before);
  });

  test('two namespaces never share one', () => {
    expect(named(nightly, { namespace: 'team-x' }).name).not.toBe(before.name);
  });
});

describe('what the SDK makes', () => {
  const fetch = task({ id: 'fetch', image });
  const made = sdkPipeline({ id: 'from-sdk', tasks: [fetch, task({ id: 'build', image, depends_on: [fetch] })] });

  test('is taken as it is', () => {
    const [machine] = machinesOf(synth(['FromSdk', made]).template);
    expect(JSON.parse(machine?.['Properties'].DefinitionString)).toEqual(compile(checkPipeline(made)));
  });

  test('is taken from a file of any kind', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'gofer-pipeline-')), 'nightly.yaml');
    writeFileSync(file, `id: from-file\ntasks:\n  - id: only\n    image: ${image}\n`);
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Data');
    const { pipelineId } = Pipeline.fromFile(new Gofer(stack, 'Default'), 'FromFile', file);
    expect(pipelineId).toBe('from-file');
  });
});

describe('a synthesis fails', () => {
  const wide = (tasks: number) => ({
    id: 'wide',
    tasks: Array.from({ length: tasks }, (_, n) => ({ id: `task-${n}`, image })),
  });

  test('on a pipeline with problems, telling all of them', () => {
    const wrong = {
      id: 'nightly',
      tasks: [{ id: 'fetch', image: 'Bad Image', depends_on: { ftech: 'success' } }],
    } as const;
    expect(() => synth(['Nightly', wrong])).toThrow(/2 problems:.*Bad Image.*ftech/s);
  });

  test('on what AWS would refuse, with the number and the limit', () => {
    expect(() => synth(['Wide', wide(2000)])).toThrow(
      /pipeline "wide" \(Data\/Default\/Pipelines\/Wide\).*2000 tasks.*1,048,576/s,
    );
  });

  test('on two constructs for one pipeline', () => {
    expect(() => synth(['Nightly', nightly], ['AlsoNightly', nightly])).toThrow(
      'Data/Default/Pipelines/Nightly and Data/Default/Pipelines/AlsoNightly both make the pipeline "default/nightly"',
    );
  });

  test('on a file that is none, naming it', () => {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Data');
    const gofer = new Gofer(stack, 'Default');
    expect(() => Pipeline.fromFile(gofer, 'None', 'none/such.ts')).toThrow('none/such.ts does not exist');
  });

  test('on a namespace that can’t be', () => {
    expect(() => synth(['Nightly', nightly, { namespace: 'a b' }])).toThrow('namespace id "a b"');
  });
});

test('a definition too long to be shown lies beside the template', () => {
  const many = { id: 'many', tasks: Array.from({ length: 60 }, (_, n) => ({ id: `task-${n}`, image })) };
  const [machine] = machinesOf(synth(['Many', many]).template);
  expect(machine?.['Properties'].DefinitionString).toBeUndefined();
  expect(machine?.['Properties'].DefinitionS3Location.Key).toMatch(/\.json$/);
});

test('a registry’s password is in no file of the synthesis', () => {
  const secret = 'hunter2-in-the-registry';
  const withPassword = { id: 'auth', tasks: [{ id: 'only', image, registry_auth: { user: 'me', pass: secret } }] };
  const { template, assets } = synth(['Auth', withPassword]);
  expect(JSON.stringify(template.toJSON())).not.toContain(secret);
  for (const file of readdirSync(assets, { recursive: true, withFileTypes: true }))
    if (file.isFile() && file.name.endsWith('.json'))
      expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(secret);
});

test('the example app synthesizes, with a schedule, a role and two pipelines', { timeout: 120_000 }, () => {
  const root = new URL('../../', import.meta.url).pathname;
  const outdir = mkdtempSync(join(tmpdir(), 'gofer-cdk-app-'));
  const context = JSON.stringify({ 'aws:cdk:bundling-stacks': [] });
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', join(root, 'test/examples/from-source.ts'), join(root, 'examples/cdk-app/app.ts')],
    { env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: context }, encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  const template = Template.fromJSON(JSON.parse(readFileSync(join(outdir, 'Data.template.json'), 'utf8')));
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 2);
  template.resourceCountIs('Custom::GoferPipeline', 2);
  template.hasResourceProperties('AWS::ECS::TaskDefinition', { TaskRoleArn: Match.anyValue() });
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'cron(0 3 ? * 2-6 *)' });
});
