import { expect, test } from 'vitest';
import { createAwsHome } from '../../lib/aws/home.ts';
import { actionsOf, allowing, statementsOf, template, templateOf } from './stack.ts';

const text = (value: unknown) => JSON.stringify(value);
const s3Of = (role: RegExp) =>
  statementsOf(role)
    .filter((statement) => actionsOf(statement).some((action) => action.startsWith('s3:')))
    .flatMap((statement) => actionsOf(statement).map((action) => [action, text(statement.Resource)] as const));

test('the API reads, writes and deletes contents, and no other thing in the bucket', () => {
  const allowed = s3Of(/^ControlApi/);
  expect(allowed.map(([action]) => action).sort()).toEqual([
    's3:DeleteObject',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ]);
  for (const [action, resource] of allowed)
    expect(resource).toMatch(action === 's3:ListBucket' ? /Bucket\w+","Arn"\]\}$/ : /"\/objects\/\*"/);
});

test('expiry removes contents every hour, and reads none', () => {
  expect(s3Of(/^Expiry/).map(([action]) => action)).toEqual(['s3:DeleteObject']);
  expect(text(allowing(statementsOf(/^Expiry/), 's3:DeleteObject').Resource)).toMatch(/"\/objects\/\*"/);
  const rules = template.findResources('AWS::Events::Rule', { Properties: { ScheduleExpression: 'rate(1 hour)' } });
  expect(Object.keys(rules)).toEqual([expect.stringMatching(/^Expiry/)]);
});

test('steps of runs have no access to the bucket: what a variable may hold lies in the table', () => {
  for (const role of [/^ControlNext/, /^ControlFinish/, /^ControlSweep/, /^ControlTaskStateChange/])
    expect(s3Of(role)).toEqual([]);
});

test('logs are removed by expiry only where they expire by runs', () => {
  const logs = (of = template) =>
    statementsOf(/^Expiry/, of)
      .flatMap(actionsOf)
      .filter((each) => /^logs:Delete/.test(each));
  expect(logs()).toEqual([]);
  expect(logs(templateOf({ runLogs: 20 }))).toEqual(['logs:DeleteLogStream']);
});

test.each([
  [{}, { pipelineObjects: 50, runObjects: 2 }],
  [
    { pipelineObjects: 200, runObjects: 0, runLogs: 20 },
    { pipelineObjects: 200, runObjects: 0, runLogs: 20 },
  ],
])('what the settings %j say holds in the functions', (settings, retention) => {
  const [{ Properties } = { Properties: {} }] = Object.values(
    templateOf(settings).findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { GOFER_OBJECTS: {} } } },
    }),
  );
  const variables = Object.entries(Properties['Environment'].Variables).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : name === 'GOFER_STATES_ARN' ? 'arn:aws:states:eu-west-1:123456789012' : name,
  ]);
  expect(createAwsHome(Object.fromEntries(variables)).settings.retention).toEqual(retention);
});
