/**
 * Where the API's pipelines have their schedules: a group of EventBridge Scheduler and the role that starts runs. The
 * schedules come and go with deployments; pipelines of the stack have rules instead.
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { passRole } from './machines.ts';

export type SchedulesProps = { readonly lostEvents: { readonly queue: IQueue } };

export class Schedules extends Construct {
  readonly group: string;
  readonly role: Role;
  /** The function that starts runs has a name of its own: schedules outlive upgrades, and name it. */
  readonly functionName: string;
  readonly functionArn: string;
  /** Every schedule of the group. */
  readonly #schedulesArn: string;

  constructor(scope: Construct, id: string, { lostEvents }: SchedulesProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.group = stack.stackName;
    // Deleting a group deletes its schedules.
    new CfnScheduleGroup(this, 'Group', { name: this.group });
    const scheduler = (resource: string, resourceName: string) =>
      stack.formatArn({ service: 'scheduler', resource, resourceName });
    this.#schedulesArn = scheduler('schedule', `${this.group}/*`);
    this.functionName = `${stack.stackName}-schedule`;
    this.functionArn = stack.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: this.functionName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.role = new Role(this, 'Role', {
      description: `Gofer: schedules start runs with it in ${stack.stackName}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            // Scheduler names the group, not the schedule.
            'aws:SourceArn': scheduler('schedule-group', this.group),
          },
        },
      }),
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.functionArn] }));
    lostEvents.queue.grantSendMessages(this.role);
  }

  /** Lets a function set the schedules of pipelines. */
  allow(...functions: readonly IGrantable[]): void {
    for (const { grantPrincipal } of functions) {
      grantPrincipal.addToPrincipalPolicy(
        new PolicyStatement({
          actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
          resources: [this.#schedulesArn],
        }),
      );
      grantPrincipal.addToPrincipalPolicy(passRole(this.role, 'scheduler.amazonaws.com'));
    }
  }
}
