/** Amazon's rules of good practice, as cdk-nag knows them: every finding is put right or explained beside its construct. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test, vi } from 'vitest';
import { Gofer } from '../../lib/infra/gofer.ts';
import { Pipeline } from '../../lib/infra/pipeline.ts';
import type { GoferProps } from '../../lib/infra/props.ts';
import { pipeline } from './stack.ts';

type Violation = { readonly ruleName: string; readonly violatingConstructs: readonly { constructPath: string }[] };

/** Each finding without a reason, as `rule construct`. */
function findingsOf(props: GoferProps, more: (stack: Stack) => void = () => {}): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'gofer-nag-'));
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Gofer');
  new Pipeline(new Gofer(stack, 'Gofer', props), 'Nightly', pipeline).taskRole;
  more(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  // The report is printed as well, for people.
  const prints = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')].map((spy) => spy.mockImplementation(() => {}));
  try {
    app.synth();
  } catch {
    // The findings are in the report.
  } finally {
    for (const print of prints) print.mockRestore();
  }
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  rmSync(outdir, { recursive: true });
  const violations: Violation[] = pluginReports.flatMap((report: { violations: Violation[] }) => report.violations);
  return violations.flatMap(({ ruleName, violatingConstructs }) =>
    violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
}

/**
 * cdk-nag takes reasons for wildcards one ARN at a time, with logical ids in them; so they stand here, by what is named.
 * The actions on `*` alone are on a list of their own, in the test of roles.
 */
const wildcards: Readonly<Record<string, string>> = {
  '*': 'AWS has no ARN to name',
  'stateMachine:gofer_*': 'machines come and go at run time, below the product’s prefix',
  'execution:gofer_*:*': 'executions of them',
  'task-definition/gofer-*:*': 'task definitions come and go at run time, below the product’s prefix',
  'service/<GoferTasksCluster…>/gofer-extension-*': 'services of extensions, which come and go at run time',
  'task/<GoferTasksCluster…>/*': 'tasks of the installation’s own cluster',
  'schedule/Gofer/*': 'schedules of the installation’s own group',
  'repository/*': 'pipelines name images of the account’s own registry',
  'role/reports-*': 'roles that the team lists in taskRoles by how they begin',
  'secret:gofer/Gofer/*/value*': 'secrets of the installation, which come and go at run time',
  'secret:gofer/Gofer/*/*/_token/value*': 'tokens of pipelines, which come and go with them',
  'parameter/gofer/Gofer/*/value': 'secrets, where they are parameters',
  'parameter/gofer/Gofer/*/*/_token/value': 'the tokens, where they are parameters',
  '<GoferObjectsBucket…Arn>/objects/*': 'contents of objects, which come and go at run time',
  '<GoferObjectsBucket…Arn>/*': 'objects of the installation’s own bucket, when it goes with the stack',
  's3:::cdk-…/*.json': 'configs that CDK uploads beside the template',
};

const isExplained = (finding: string) => {
  const [, named] = /^AwsSolutions-IAM5\[Resource::(.+)\] /.exec(finding) ?? [];
  return Object.keys(wildcards).some((wildcard) => {
    const [start = '', end] = wildcard.split('…');
    if (named === undefined || end === undefined)
      return named === wildcard || (wildcard !== '*' && named?.endsWith(`:${wildcard}`));
    return named.includes(start) && named.endsWith(end);
  });
};

test('no finding is left without a reason', () => {
  const findings = findingsOf({
    alarmEmail: 'team@example.com',
    secretStore: 'parameter-store',
    removalPolicy: 'destroy',
    taskRoles: ['reports-*'],
    attach: true,
  });
  expect(findings.filter((finding) => !isExplained(finding))).toEqual([]);
});

test('a finding is found', async () => {
  const { Bucket } = await import('aws-cdk-lib/aws-s3');
  const findings = findingsOf({}, (stack) => void new Bucket(stack, 'Open'));
  expect(findings).toContain('AwsSolutions-S10 Gofer/Open/Resource');
});
