/** What the command line takes for granted of the stack. */
import { expect, test } from 'vitest';
import { isSweep } from '../../lib/cli/aws/lost-events.ts';
import { awsError } from '../../lib/cli/aws/stack.ts';
import { judgeStack } from '../../lib/doctor/aws/stack.ts';
import { readTold } from '../../lib/doctor/aws/told.ts';
import { template, templateOf } from '../infra/stack.ts';

const functions = template.findResources('AWS::Lambda::Function');

test('the function <stack>-next is told all that the doctor looks at', () => {
  const next = Object.values(functions).find(({ Properties }) => Properties.FunctionName === 'Gofer-next');
  expect(readTold(next?.['Properties'].Environment.Variables)).toHaveProperty('GOFER_SUBNETS');
});

test('the sweep is known by its logical id, with any settings', () => {
  for (const each of [template, templateOf({ alarmEmail: 'team@example.com' })]) {
    const sweeps = Object.keys(each.findResources('AWS::Lambda::Function')).filter(isSweep);
    expect(sweeps).toHaveLength(1);
  }
});

test('the outputs are those that the doctor asks for', () => {
  const outputs = Object.fromEntries(Object.keys(template.toJSON()['Outputs']).map((name) => [name, 'x']));
  const [verdict] = judgeStack({ name: 'Gofer', region: 'eu-central-1', status: 'CREATE_COMPLETE', outputs });
  expect(verdict?.status).toBe('ok');
});

test('an answer of AWS that says nothing is told with its status', () => {
  const silent = Object.assign(new Error('UnknownError'), { $metadata: { httpStatusCode: 501 } });
  expect(awsError(silent, {})).toMatchObject({ message: expect.stringContaining('status 501') });
});
