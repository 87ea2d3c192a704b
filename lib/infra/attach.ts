/** ECS Exec: the role that containers need for it, and who may ask for a session. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ControlFunction } from './control-function.ts';
import type { Settings } from './settings.ts';
import { containerRole, ownRoleName } from './task-roles.ts';
import type { Tasks } from './tasks.ts';

/** The settings with the role's name: task definitions and machines are made of it, before there is the role. */
export const withAttachRole = (scope: Construct, settings: Settings): Settings =>
  settings.attach ? { ...settings, attachRole: ownRoleName(scope, 'attach') } : settings;

const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];

export type AttachProps = { readonly roleName: string; readonly api: ControlFunction; readonly tasks: Tasks };

export class Attach extends Construct {
  constructor(scope: Construct, id: string, { roleName, api, tasks }: AttachProps) {
    super(scope, id);
    const role = containerRole(this, { roleName, description: 'Containers of Gofer that users may attach to' });
    role.addToPolicy(
      // The session service's channels have no ARN.
      new PolicyStatement({ actions: channels.map((name) => `ssmmessages:${name}`), resources: ['*'] }),
    );
    const { clusterArn } = tasks.cluster;
    api.addToRolePolicy(
      new PolicyStatement({
        actions: ['ecs:ExecuteCommand'],
        resources: [clusterArn, tasks.tasksArn],
        conditions: { ArnEquals: { 'ecs:cluster': clusterArn } },
      }),
    );
  }
}
