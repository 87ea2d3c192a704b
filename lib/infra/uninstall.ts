/**
 * The end of an installation. CloudFormation deletes in the reverse order of creation: this goes after everything that
 * lets runs begin, and before everything that they need to come to their end.
 */
import { type CfnResource, CustomResource } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Control } from './control.ts';
import type { Events } from './events.ts';
import type { ExtensionReach } from './extension-reach.ts';
import type { Machines } from './machines.ts';
import type { Network } from './network.ts';
import type { Objects } from './objects.ts';
import { allowSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';

export type UninstallProps = {
  readonly settings: Settings;
  readonly control: Control;
  readonly events: Events;
  readonly store: Store;
  readonly objects: Objects;
  readonly network: Network;
  /** Containers of extensions stand in its way until they are gone. */
  readonly extensionReach?: ExtensionReach;
  readonly tasks: Tasks;
  readonly machines: Machines;
};

export class Uninstall extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { settings, control, events, store, objects, network, extensionReach, tasks, machines }: UninstallProps,
  ) {
    super(scope, id);
    const handler = control.customResource(this, 'Function', { entry: 'uninstall' });
    const inCluster = { ArnEquals: { 'ecs:cluster': tasks.cluster.clusterArn } };
    const statements = [
      // Neither listings nor deregistering can be narrowed to a name.
      {
        actions: [
          'states:ListStateMachines',
          'ecs:ListTaskDefinitionFamilies',
          'ecs:ListTaskDefinitions',
          'ecs:DescribeTaskDefinition',
          'ecs:DeregisterTaskDefinition',
          'secretsmanager:ListSecrets',
          ...(settings.secretStore === 'parameter-store' ? ['ssm:DescribeParameters'] : []),
        ],
        resources: ['*'],
      },
      { actions: ['states:DescribeStateMachine', 'states:DeleteStateMachine'], resources: [machines.machinesArn] },
      { actions: ['ecs:DeleteTaskDefinitions'], resources: [tasks.definitionsArn] },
      { actions: ['ecs:ListServices'], resources: ['*'], conditions: inCluster },
      {
        actions: ['ecs:DeleteService'],
        resources: [tasks.servicesArn],
        conditions: inCluster,
      },
    ];
    for (const statement of statements) handler.addToRolePolicy(new PolicyStatement(statement));
    allowSecrets(this, settings, handler, 'remove');

    const { bucketName, bucketArn } = objects.bucket;
    const retained = settings.removalPolicy === 'retain';
    const records = [
      `table ${store.table.tableName}`,
      `log group ${tasks.logGroup.logGroupName}`,
      `bucket ${bucketName}`,
    ];
    if (!retained) {
      handler.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: [bucketArn] }));
      handler.addToRolePolicy(
        new PolicyStatement({ actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'], resources: [`${bucketArn}/*`] }),
      );
    }
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::GoferUninstall',
      serviceToken: handler.functionArn,
      // Only an empty bucket can be deleted.
      properties: {
        Retained: retained ? records : [],
        Buckets: retained ? [] : [objects.address],
      },
    });
    // Under another name CloudFormation would take it for another resource, and delete this one in the middle of an update.
    (resource.node.defaultChild as CfnResource).overrideLogicalId('GoferUninstall');
    // Whatever tells of the end of runs works on as long as this does; functions and their roles follow from it. AWS takes
    // away neither the capacity providers of containers that live, nor the gateway that they have addresses of.
    resource.node.addDependency(events, control.next, control.finish, network, tasks, machines);
    if (!extensionReach) return;
    // Goes alone when a stack goes on without extensions: before the group of their containers, after who makes services.
    const services = new CustomResource(this, 'ExtensionServices', {
      resourceType: 'Custom::GoferExtensionServices',
      serviceToken: handler.functionArn,
      properties: { Part: 'extensions' },
    });
    services.node.addDependency(extensionReach, tasks);
    resource.node.addDependency(services);
  }
}
