/** The stack of the CDK app, synthesized once: bundling is left out, it has a test of its own. */
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GoferService } from '../../lib/infra/service.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

export const pipeline = checkPipeline({
  id: 'night-build',
  tasks: [
    { id: 'fetch', image: 'busybox' },
    { id: 'build', image: 'busybox', depends_on: { fetch: 'success' } },
  ],
});

const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
export const template = Template.fromStack(new GoferService(app, 'Gofer', { pipelines: [pipeline] }));

export type Statement = {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
};

/** All that the roles whose logical id matches may do. */
export function statementsOf(role: RegExp): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => role.test(Ref)))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

export const actionsOf = ({ Action }: Statement) => [Action].flat();

/** The statement that allows the action, which must be one. */
export function allowing(statements: Statement[], action: string): Statement {
  const [found, second] = statements.filter((statement) => actionsOf(statement).includes(action));
  if (!found || second) throw new Error(`${found ? 'more than one statement allows' : 'nothing allows'} ${action}`);
  return found;
}
