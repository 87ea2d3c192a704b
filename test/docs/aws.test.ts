/** docs/aws.md is held to the stack: settings, outputs, constructs, permissions, alarms, sums. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { idleCosts } from '../../bench/aws/idle.ts';
import * as exported from '../../lib/infra/index.ts';
import { actionsOf, everySetting, statementsOf, template, templateOf } from '../infra/stack.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/aws.md');

/** The text below a heading, down to the next of its level or above. */
function section(heading: string): string {
  const lines = page.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`docs/aws.md has no "${heading}"`);
  const level = heading.indexOf(' ');
  const end = lines.findIndex((line, i) => i > start && /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}

/** Cells of all table rows in a text, without heads. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line, i, all) => /^\| /.test(line) && !/^\| -/.test(all[i + 1] ?? ''))
    .filter((line) => !/^\| -/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
    );

const firstCells = (text: string) => rowsOf(text).map(([first = '']) => first);

test('every setting is in the table, and nothing else', () => {
  const props = [...read('lib/infra/props.ts').matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name = '']) => name);
  expect(props.length).toBeGreaterThan(10);
  expect(firstCells(section('## Settings')).sort()).toEqual([...props].sort());
});

test('every output is in the table, and nothing else', () => {
  const outputs = rowsOf(section('## What is deployed')).filter(([, is]) => !is?.startsWith('makes'));
  const names = outputs.map(([name = '']) => name).filter((name) => !name.endsWith('.ts'));
  expect(names.sort()).toEqual(Object.keys(template.toJSON()['Outputs']).sort());
});

test('constructs are named by their files', () => {
  const files = firstCells(section('## What is deployed')).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((file) => !existsSync(new URL(`../../lib/infra/${file}`, import.meta.url)))).toEqual([]);
});

test('the app of the example imports what there is', () => {
  const [, names = ''] = /import \{ ([^}]+) \} from 'gofer-serverless\/cdk'/.exec(page) ?? [];
  expect(names.split(', ').filter((name) => !(name in exported))).toEqual([]);
});

describe('who may do what', () => {
  const rows = new Map(rowsOf(section('## Who may do what')).map(([role = '', may = '']) => [role, may]));
  const ofRuns = ['every function', 'functions of runs'];
  /** Rows that speak of a role, by its logical id. */
  const roles: readonly (readonly [RegExp, readonly string[]])[] = [
    [/^MachinesRole/, ['state machines']],
    [/^TasksExecutionRole/, ['execution role']],
    [/^SchedulesRole/, ['schedules']],
    [/^ApiLogging/, ['every function', 'access log']],
    [/^BootstrapCodeMaker/, ['every function', 'bootstrap code']],
    [/^ExpiryFunction/, ['every function', 'expiry']],
    [/^StreamsStream/, ['every function', 'stream']],
    [/^ExtensionsFunction/, ['every function', 'extensions']],
    [/^ExtensionReachFunction/, ['every function', 'extension reach']],
    [/^ManagedPipelinesFunction/, [...ofRuns, 'API', 'stack pipelines']],
    [/^UninstallFunction/, [...ofRuns, 'uninstall']],
    [/^ControlApiOwned/, [...ofRuns, 'API']],
    [/^ControlSweepOwned/, [...ofRuns, 'API', 'sweep']],
    [/^Control/, ofRuns],
  ];
  /** How the page calls what an action is about. */
  const words: readonly (readonly [RegExp, string])[] = [
    [/^dynamodb:/, 'table'],
    [/^ecs:.*TaskDefinition/, 'task definitions'],
    [/^ecs:.*Service/, 'services'],
    [/^ecs:/, 'tasks'],
    [/^ec2:/, 'address in the VPC'],
    [/^states:.*StateMachine/, 'machines'],
    [/^states:/, 'executions'],
    [/^events:PutEvents/, 'bus'],
    [/^events:/, 'rule'],
    [/^secretsmanager:(Create|Put)/, 'write and delete secrets|tokens of pipelines'],
    [/^secretsmanager:Delete/, 'delete secrets|tokens of pipelines'],
    [/^secretsmanager:/, 'secrets'],
    [/^ssm:Get/, 'read.* one-time code'],
    [/^ssm:Put/, 'writes.* one-time code'],
    [/^ssm:Delete/, 'delete.* one-time code'],
    [/^s3:/, 'bucket'],
    [/^scheduler:/, 'schedules'],
    [/^logs:GetLogEvents/, 'read.* task log'],
    [/^logs:DeleteLogStream/, 'delete task logs'],
    [/^logs:/, 'log'],
    [/^sqs:/, 'queue'],
    [/^xray:/, 'traces'],
    [/^lambda:/, 'function'],
    [/^ecr:/, 'images'],
    [/^(iam:PassRole|apigateway:)/, 'role'],
  ];

  test('is told of every role of the template, with all that it allows', () => {
    const untold = Object.keys(template.findResources('AWS::IAM::Role')).flatMap((id) => {
      const [, names] = roles.find(([role]) => role.test(id)) ?? [];
      if (!names) return [`${id} is in no row`];
      const told = names.map((name) => rows.get(name) ?? '').join('; ');
      const actions = statementsOf(new RegExp(`^${id}$`)).flatMap(actionsOf);
      return actions
        .filter((action) => !new RegExp(words.find(([of]) => of.test(action))?.[1] ?? '^$').test(told))
        .map((action) => `${names.at(-1)}: ${action}`);
    });
    expect(untold).toEqual([]);
  });

  test('has no row but for these roles, and for containers', () => {
    expect([...rows.keys()].sort()).toEqual(
      [...new Set(['containers', ...roles.flatMap(([, names]) => names)])].sort(),
    );
  });
});

describe('the policy to deploy with', () => {
  const policies = [...page.matchAll(/^```json policy\n(.*?)^```/gms)].map(([, code = '']) => JSON.parse(code));
  const actions: string[] = policies[1].Statement.flatMap(({ Action }: { Action: string[] }) => Action);
  const services = new Set(actions.map((action) => action.split(':')[0]));
  /** Where CloudFormation's name of a service isn't IAM's. */
  const prefixes: Readonly<Record<string, string>> = { StepFunctions: 'states' };
  /** CDK's own records and CloudFormation's, for which nothing is called but a function of the stack. */
  const none = new Set(['CDK', 'CloudFormation']);

  test('covers every service of the template, with every setting', () => {
    const full = templateOf(everySetting);
    const types = [template, full].flatMap((each) => Object.values(each.toJSON()['Resources'] as object));
    const used = types.flatMap(({ Type }: { Type: string }) => /^AWS::(\w+)::/.exec(Type)?.[1] ?? []);
    expect(used.length).toBeGreaterThan(50);
    const needed = [...new Set(used)].filter((service) => !none.has(service));
    expect(needed.filter((service) => !services.has(prefixes[service] ?? service.toLowerCase()))).toEqual([]);
  });
});

test('what the uninstall removes is told', () => {
  const sources = ['leftovers', 'secret-leftovers', 'service-leftovers']
    .map((each) => read(`lib/aws/${each}.ts`))
    .join('');
  const kinds = new Set([...sources.matchAll(/kind: '([^']+)'/g)].map(([, kind = '']) => kind));
  expect([...kinds]).toContain('task definitions');
  const told = section('## Uninstalling');
  expect([...kinds].filter((kind) => !told.includes(kind))).toEqual([]);
});

describe('the runbook', () => {
  const anchors = new Set(
    [...section('## Runbook').matchAll(/^### (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => ({
    id,
    anchor: /docs\/aws\.md#([\w-]+)/.exec(Properties.AlarmDescription)?.[1],
    commands: [...String(Properties.AlarmDescription).matchAll(/gofer [a-z]+ [a-z-]+/g)].map(([command]) => command),
  }));

  test('has a section for each alarm, which names it', () => {
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.filter(({ anchor }) => !anchor || !anchors.has(anchor))).toEqual([]);
  });

  test('says of each command in an alarm what it is good for', () => {
    const titles = [...section('## Runbook').matchAll(/^### (.+)$/gm)].map(([heading, title = '']) => ({
      heading,
      anchor: title.toLowerCase().replaceAll(' ', '-'),
    }));
    const textAt = (anchor: string | undefined) =>
      section(titles.find((each) => each.anchor === anchor)?.heading ?? '## Runbook');
    expect(alarms.flatMap(({ commands }) => commands).length).toBeGreaterThan(1);
    for (const { anchor, commands } of alarms)
      for (const command of commands) expect(textAt(anchor)).toContain(command);
  });

  test('has no section without an alarm', () => {
    const named = new Set(alarms.map(({ anchor }) => anchor));
    expect([...anchors].filter((anchor) => !named.has(anchor))).toEqual([]);
  });
});

describe('sums', () => {
  /** Amounts of a table that ends in its sum, by column. */
  const sumsOf = (text: string, column: number) => {
    const rows = rowsOf(text);
    const last = rows.findIndex(([what]) => what === 'sum');
    const amount = (cells: string[] = []) => Number(cells[column]);
    return { told: amount(rows[last]), right: rows.slice(0, last).reduce((total, cells) => total + amount(cells), 0) };
  };
  const idle = page.slice(page.indexOf('**Idle, a month.**'), page.indexOf('**A task.**'));
  const example = page.slice(page.indexOf('**Example:'), page.indexOf('**An extension, a month**'));
  const extension = page.slice(page.indexOf('**An extension, a month**'), page.indexOf('## Quotas'));

  test.each([
    ['idle, by the list', idle, 1],
    ['idle, after the free tier', idle, 2],
    ['of the example', example, 1],
    ['of an extension', extension, 1],
    ['of an extension on arm64', extension, 2],
  ])('%s', (_, text, column) => {
    const { told, right } = sumsOf(text, column);
    expect(right).toBeGreaterThan(0);
    expect(told).toBeCloseTo(right, 2);
  });

  test('idle, part by part, is what bench:aws computes from the template', async () => {
    const { parts, sum } = await idleCosts();
    const [last, ...told] = rowsOf(idle).reverse();
    const amounts = (cells: string[] = []) => cells.slice(1).map(Number);
    expect(told.map(amounts).filter(([list]) => list !== 0)).toEqual(
      [...parts.values()].reverse().map(({ list, paid }) => [list, paid]),
    );
    expect(amounts(last)).toEqual([sum.list, sum.paid]);
  });

  test('30,000 tasks of the example cost what the table above says', () => {
    const [, , twoMinutes = ''] = rowsOf(section('## What it costs')).find(([what]) => what === 'Fargate') ?? [];
    const [, inExample = ''] = rowsOf(example).find(([what]) => what?.startsWith('Fargate')) ?? [];
    expect(30_000 * Number(twoMinutes)).toBeCloseTo(Number(inExample), 1);
  });
});

test('reasons of tasks are told in the words that the product uses', () => {
  const words = `${read('lib/task/fault.ts')}${read('lib/task/reason.ts')}`.replaceAll('’', "'").toLowerCase();
  const told = firstCells(section('## When a task failed')).filter((cell) => !cell.startsWith('status_reason'));
  expect(told.length).toBeGreaterThan(10);
  const without = told.map((cell) => cell.replace(/ N$/, '').toLowerCase()).filter((cell) => !words.includes(cell));
  expect(without).toEqual([]);
});
