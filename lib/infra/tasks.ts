/** The Fargate cluster that runs tasks, their logs, and the role that ECS starts them with. */
import { Stack } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { servicePrefix } from '../extension/place.ts';
import { explain } from './explained.ts';
import { removalOf } from './removal.ts';
import { retentionOf } from './retention.ts';
import { allowSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';

export class Tasks extends Construct {
  readonly cluster: Cluster;
  readonly logGroup: LogGroup;
  /** Pulls images, writes logs, reads secrets. The containers themselves have no role. */
  readonly executionRole: Role;
  /** Every task definition of the product, in every revision. */
  readonly definitionsArn: string;
  /** Every task of this cluster. */
  readonly tasksArn: string;

  /** Every service of an extension. */
  readonly servicesArn: string;

  constructor(scope: Construct, id: string, settings: Settings & { readonly vpc: IVpc }) {
    super(scope, id);
    const stack = Stack.of(this);
    this.cluster = new Cluster(this, 'Cluster', {
      vpc: settings.vpc,
      enableFargateCapacityProviders: true,
      containerInsightsV2: ContainerInsights.DISABLED,
    });
    explain(this, { 'AwsSolutions-ECS4': 'Container Insights costs more than the tasks it would look at' });
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: retentionOf(settings),
      removalPolicy: removalOf(settings),
    });
    this.definitionsArn = stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: 'gofer-*:*' });
    this.tasksArn = stack.formatArn({
      service: 'ecs',
      resource: 'task',
      resourceName: `${this.cluster.clusterName}/*`,
    });
    this.servicesArn = stack.formatArn({
      service: 'ecs',
      resource: 'service',
      resourceName: `${this.cluster.clusterName}/${servicePrefix}*`,
    });
    this.executionRole = this.#executionRole(stack, settings);
  }

  #executionRole(stack: Stack, settings: Settings): Role {
    const role = new Role(this, 'ExecutionRole', {
      description: 'ECS starts Gofer tasks with it',
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'ecs', resource: '*' }) },
        },
      }),
    });
    this.logGroup.grant(role, 'logs:CreateLogStream', 'logs:PutLogEvents');
    role.addToPolicy(
      // A login to the registry as a whole: it can't be asked for one repository.
      new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        resources: [stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: '*' })],
      }),
    );
    allowSecrets(this, settings, role, 'read');
    return role;
  }
}
