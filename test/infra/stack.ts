/** The stack of the CDK app, synthesized once: bundling is left out, it has a test of its own. */
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Gofer } from '../../lib/infra/gofer.ts';
import { Pipeline } from '../../lib/infra/pipeline.ts';
import type { GoferProps } from '../../lib/infra/props.ts';
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

export const pipeline = checkPipeline({
  id: 'night-build',
  tasks: [
    { id: 'fetch', image: 'busybox' },
    { id: 'build', image: 'busybox', depends_on: { fetch: 'success' } },
  ],
});

/** The template of a stack with these settings; without any, what `npx cdk deploy` installs. */
export function templateOf(props: GoferProps = {}, ...pipelines: PipelineConfig[]): Template {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Gofer');
  const gofer = new Gofer(stack, 'Default', props);
  for (const config of pipelines) new Pipeline(gofer, config.id, config);
  return Template.fromStack(stack);
}

export const template = templateOf({}, pipeline);

export type Statement = {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
};

/** All that the roles whose logical id matches may do. */
export function statementsOf(role: RegExp, of: Template = template): Statement[] {
  return Object.values(of.findResources('AWS::IAM::Policy'))
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
