import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { familyOf } from '../../lib/aws/task-definition.ts';
import { Gofer } from '../../lib/infra/gofer.ts';
import { Pipeline, type PipelineOptions } from '../../lib/infra/pipeline.ts';
import type { GoferProps } from '../../lib/infra/props.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';
import { taskDefinitionOf } from '../../lib/task/request.ts';
import { actionsOf, allowing, statementsOf, templateOf } from './stack.ts';

const nightly = { id: 'nightly', tasks: [{ id: 'only', image: 'busybox:latest' }] };
const text = (value: unknown) => JSON.stringify(value);

type Made = { readonly stack: Stack; readonly gofer: Gofer };

function synth(make: (made: Made) => void, props: GoferProps = {}) {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Data');
  make({ stack, gofer: new Gofer(stack, 'Default', props) });
  const template = Template.fromStack(stack);
  const { directory } = app.synth();
  const configs = readdirSync(directory)
    .filter((name) => /^asset\..*\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')));
  return { template, configs };
}

const definitionsOf = (template: Template) =>
  Object.values(template.findResources('AWS::ECS::TaskDefinition')).map((each) => ({
    family: each['Properties'].Family,
    role: each['Properties'].TaskRoleArn,
    after: (each['DependsOn'] ?? []) as string[],
  }));
/** `…:role/<name>` with the account of the stack. */
const inAccount = (name: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, `:role/${name}`]],
});
/** The roles that those whose logical id matches may hand to containers. */
const handedOut = (template: Template, by: RegExp) =>
  statementsOf(by, template)
    .filter((each) => actionsOf(each).includes('iam:PassRole'))
    .filter((each) => each.Condition?.['StringEquals']?.['iam:PassedToService'] === 'ecs-tasks.amazonaws.com')
    .flatMap(({ Resource }) => [Resource].flat().map(text));

describe('a pipeline that something is granted to', () => {
  const { template, configs } = synth(
    ({ stack, gofer }) => {
      const pipeline = new Pipeline(gofer, 'Nightly', nightly);
      new Pipeline(gofer, 'Other', { ...nightly, id: 'other' });
      Bucket.fromBucketName(stack, 'Inbox', 'data-inbox').grantRead(pipeline);
    },
    { permissionsBoundary: 'team/boundary' },
  );
  const own = /^PipelinesNightlyTaskRole/;
  const [[logicalId = '', role] = []] = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) =>
    own.test(id),
  );
  const name: string = role?.['Properties'].RoleName;

  test('has a role of its own, for containers of this account and region alone, within the team’s boundary', () => {
    expect(name).toMatch(/^gofer-nightly-[0-9a-f]{12}$/);
    expect(role?.['Properties']).toMatchObject({ PermissionsBoundary: expect.anything() });
    const [trust] = role?.['Properties'].AssumeRolePolicyDocument.Statement ?? [];
    expect(trust.Principal).toEqual({ Service: 'ecs-tasks.amazonaws.com' });
    expect(trust.Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
    expect(text(trust.Condition.ArnLike)).toContain(':ecs:');
  });

  test('may do that, and the others nothing', () => {
    expect(text(allowing(statementsOf(own, template), 's3:GetObject*'))).toContain(':s3:::data-inbox');
    expect(statementsOf(/Other/, template)).toEqual([]);
  });

  test('names the role in its config and in task definitions, which come after it', () => {
    expect(configs).toContainEqual(checkPipeline({ ...nightly, role: name }));
    const [task] = checkPipeline(nightly).tasks;
    const family = (role?: string) =>
      task &&
      familyOf(
        'Data',
        taskDefinitionOf(
          task,
          { id: 'nightly', namespace: 'default', ...(role !== undefined && { role }) },
          { architecture: 'x86_64' },
        ),
      );
    const definitions = definitionsOf(template);
    expect(definitions.map(({ family, role }) => ({ family, role }))).toEqual(
      expect.arrayContaining([
        { family: family(name), role: inAccount(name) },
        { family: family(), role: undefined },
      ]),
    );
    expect(definitions.find((each) => each.role)?.after).toContain(logicalId);
  });

  test('is run by machines with it, and registered anew by the sweep, while no other function hands it out', () => {
    for (const by of [/^MachinesRole/, /^ControlSweep/, /^ManagedPipelines/])
      expect(handedOut(template, by)).toContain(text(inAccount(name)));
    expect(handedOut(template, /^ControlApi/)).not.toContain(text(inAccount(name)));
  });

  test('keeps it until its containers have ended', () => {
    expect(template.findResources('Custom::GoferUninstall')['GoferUninstall']?.['DependsOn']).toContain(logicalId);
  });
});

test('a pipeline without grants has no role', () => {
  const { template } = synth(({ gofer }) => void new Pipeline(gofer, 'Nightly', nightly));
  expect(definitionsOf(template).map(({ role }) => role)).toEqual([undefined]);
});

test('a construct that is renamed gets another role, for the old one goes only afterwards', () => {
  const nameIn = (id: string) => {
    const { template } = synth(({ gofer }) => void new Pipeline(gofer, id, nightly).taskRole);
    return definitionsOf(template).map(({ role }) => text(role));
  };
  expect(nameIn('Nightly')).not.toEqual(nameIn('Nacht'));
  expect(nameIn('Nightly')).toEqual(nameIn('Nightly'));
});

describe('a role that is there already', () => {
  const withRole = (taskRole: (made: Made) => PipelineOptions['taskRole'], more: object = {}) =>
    synth((made) => {
      const role = taskRole(made);
      new Pipeline(made.gofer, 'Nightly', { ...nightly, ...more }, role ? { taskRole: role } : {});
    }).template;
  const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');

  test('is taken by its name', () => {
    const template = withRole(({ stack }) => Role.fromRoleName(stack, 'Reports', 'reports'));
    expect(definitionsOf(template).map(({ role }) => role)).toEqual([inAccount('reports')]);
    expect(handedOut(template, /^MachinesRole/)).toContain(text(inAccount('reports')));
  });

  test('is taken by its ARN', () => {
    const arn = 'arn:aws:iam::123456789012:role/team/reports';
    const template = withRole(({ stack }) => Role.fromRoleArn(stack, 'Reports', arn));
    expect(definitionsOf(template).map(({ role }) => role)).toEqual([arn]);
  });

  test('is taken from the same app, and made first', () => {
    const template = withRole(({ stack }) => new Role(stack, 'Reports', { roleName: 'reports', assumedBy }));
    expect(definitionsOf(template)).toMatchObject([
      { role: inAccount('reports'), after: expect.arrayContaining([expect.stringMatching(/^Reports/)]) },
    ]);
  });

  test('is named by the pipeline, and by a task that needs another', () => {
    const tasks = [...nightly.tasks, { id: 'writes', image: 'busybox:latest', role: 'writer' }];
    const template = withRole(() => undefined, { role: 'reader', tasks });
    expect(
      definitionsOf(template)
        .map(({ role }) => text(role))
        .sort(),
    ).toEqual(['reader', 'writer'].map((each) => text(inAccount(each))));
    expect(handedOut(template, /^MachinesRole/)).toEqual(
      expect.arrayContaining([text(inAccount('reader')), text(inAccount('writer'))]),
    );
  });

  test('needs a name that is known at synthesis', () => {
    expect(() => withRole(({ stack }) => new Role(stack, 'Reports', { assumedBy }))).toThrow(
      'the name of the role Data/Reports is not known at synthesis',
    );
  });

  test('is one', () => {
    expect(() => withRole(({ stack }) => Role.fromRoleName(stack, 'Reports', 'reports'), { role: 'other' })).toThrow(
      'Data/Default/Pipelines/Nightly has a taskRole, and its pipeline names the role "other"',
    );
  });
});

test('a pipeline can’t hold what is known only at deployment', () => {
  const make = ({ stack, gofer }: Made) => {
    const variables = { INBOX: new Bucket(stack, 'Inbox').bucketName };
    new Pipeline(gofer, 'Nightly', { id: 'nightly', tasks: [{ id: 'only', image: 'busybox', variables }] });
  };
  expect(() => synth(make)).toThrow('tasks[0].variables.INBOX is known only when the stack is deployed');
});

describe('the setting taskRoles', () => {
  const template = templateOf({ taskRoles: ['reports-*', 'arn:aws:iam::123456789012:role/team/reader'] });
  const allowed = [inAccount('reports-*'), 'arn:aws:iam::123456789012:role/team/reader'].map(text);

  test.each(['MachinesRole', 'ControlApi', 'ControlSweep'])(
    'lets %s hand out these roles, to containers only',
    (by) => {
      expect(handedOut(template, new RegExp(`^${by}`))).toEqual(expect.arrayContaining(allowed));
    },
  );

  test('is known to the functions that register and start', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ GOFER_TASK_ROLES: 'reports-* arn:aws:iam::123456789012:role/team/reader' }),
      },
    });
  });

  test('lets nobody hand out any without it', () => {
    const template = templateOf();
    for (const each of handedOut(template, /./)) expect(each).toContain('TasksExecutionRole');
    expect(text(template.findResources('AWS::Lambda::Function'))).not.toContain('GOFER_TASK_ROLES');
  });
});
