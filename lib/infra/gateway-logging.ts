/** API Gateway's role for logs. It is the account's, so a stack may fill it in where it is empty, and no more than that. */
import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { briefAnswer, invocations } from '../system/invocations.ts';
import { ControlFunction } from './control-function.ts';
import { explain } from './explained.ts';
import { passRole } from './machines.ts';
import type { Settings } from './settings.ts';

export class GatewayLogging extends Construct {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      description: 'API Gateway writes logs with it, those of the other APIs of this account and region too',
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs')],
    });
    explain(role, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'the policy that AWS made for this role, which has to serve every API of the account',
    });
    const setter = new ControlFunction(this, 'Setter', {
      entry: 'gateway-logging',
      timeout: Duration.seconds(invocations.briefTimeout),
      memorySize: 256,
      settings,
    });
    setter.addToRolePolicy(
      new PolicyStatement({
        actions: ['apigateway:GET', 'apigateway:PATCH'],
        resources: [stack.formatArn({ service: 'apigateway', account: '', resource: '/account' })],
      }),
    );
    setter.addToRolePolicy(passRole(role, 'apigateway.amazonaws.com'));
    const setting = new CustomResource(this, 'Setting', {
      resourceType: 'Custom::GoferGatewayLogging',
      serviceTimeout: Duration.seconds(briefAnswer),
      serviceToken: setter.functionArn,
      properties: { RoleArn: role.roleArn },
    });
    setting.node.addDependency(setter, role);
  }
}
