/** The one-time code for the first token. CloudFormation can't make a SecureString, so a function does. */
import { ArnFormat, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { bootstrapParameter } from '../aws/bootstrap-parameter.ts';
import { briefAnswer, invocations } from '../system/invocations.ts';
import { ControlFunction } from './control-function.ts';
import type { Settings } from './settings.ts';

export class BootstrapCode extends Construct {
  readonly #arn: string;

  constructor(
    scope: Construct,
    id: string,
    { settings, api }: { readonly settings: Settings; readonly api: IGrantable },
  ) {
    super(scope, id);
    const stack = Stack.of(this);
    const name = bootstrapParameter(stack.stackName);
    this.#arn = stack.formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: name.slice(1),
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const maker = new ControlFunction(this, 'Maker', {
      entry: 'bootstrap-code',
      timeout: Duration.seconds(invocations.briefTimeout),
      memorySize: 256,
      settings,
    });
    this.#allow(maker, 'ssm:PutParameter', 'ssm:DeleteParameter');
    this.#allow(api, 'ssm:GetParameter', 'ssm:DeleteParameter');
    const code = new CustomResource(this, 'Code', {
      resourceType: 'Custom::GoferBootstrapCode',
      serviceTimeout: Duration.seconds(briefAnswer),
      serviceToken: maker.functionArn,
      properties: { Name: name },
    });
    // What the maker may do has to hold when it is called, at the stack's end too.
    code.node.addDependency(maker);
  }

  #allow({ grantPrincipal }: IGrantable, ...actions: string[]): void {
    grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [this.#arn] }));
  }
}
