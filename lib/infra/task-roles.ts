/** The roles that containers have: who may hand them out, and the one that a pipeline of a stack gets for itself. */
import { createHash } from 'node:crypto';
import { Stack, Token } from 'aws-cdk-lib';
import { CfnRole, type IGrantable, type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { roleArn } from '../pipeline/role.ts';
import { passRole } from './machines.ts';

/** Where the account's roles are named from. */
export function rolesArn(scope: Construct): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:iam::${account}:role`;
}

/** Lets them give containers the role, or all whose names begin so. */
export function handOut(role: string, ...to: readonly (IGrantable & Construct)[]): void {
  for (const each of to) {
    const statement = passRole({ roleArn: roleArn(role, rolesArn(each)) }, 'ecs-tasks.amazonaws.com');
    each.grantPrincipal.addToPrincipalPolicy(statement);
  }
}

/**
 * A role for the containers of one pipeline. Task definitions are named by what is in them, so its name has to be known at
 * synthesis. It is made of the construct's place: one that is moved gets another role before this one is deleted.
 */
export function ownRole(scope: Construct, pipeline: string): Role {
  const roleName = ownRoleName(scope, pipeline);
  return containerRole(scope, { roleName, description: `Containers of the Gofer pipeline ${pipeline}` });
}

/** A name that no other construct's role has. */
export function ownRoleName(scope: Construct, name: string): string {
  const { stackName, region } = Stack.of(scope);
  // Roles are the account's, whatever the region.
  const place = [stackName, Token.isUnresolved(region) ? '' : region, scope.node.path];
  const hash = createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 12);
  return `gofer-${name}-${hash}`;
}

/** A role that containers of this account alone take. */
export function containerRole(
  scope: Construct,
  { roleName, description }: { readonly roleName: string; readonly description: string },
): Role {
  const { account } = Stack.of(scope);
  return new Role(scope, 'TaskRole', {
    roleName,
    description,
    assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': Stack.of(scope).formatArn({ service: 'ecs', resource: '*' }) },
      },
    }),
  });
}

/** The role as a config names it: by a name that is known at synthesis, or its ARN. */
export function nameOf(role: IRole): string {
  const made = role.node.defaultChild instanceof CfnRole ? role.node.defaultChild : undefined;
  // A name alone would not lead to a role that has a path.
  const path = made?.path && made.path !== '/' ? made.path : undefined;
  const found = [role.roleArn, path ? undefined : made?.roleName, path || made ? undefined : role.roleName].find(
    (each) => each !== undefined && !Token.isUnresolved(each),
  );
  if (found) return found;
  throw new Error(
    `the name of the role ${role.node.path} is not known at synthesis, and task definitions are named by it; give it a roleName and no path, take one by Role.fromRoleName, or let the pipeline make its own by granting to it`,
  );
}
