/** What wakes the control plane: a task's or an execution's news, and every minute the sweep. */
import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Control } from './control.ts';
import type { LostEvents } from './lost-events.ts';
import type { Machines } from './machines.ts';
import type { Tasks } from './tasks.ts';

export type EventsProps = {
  readonly control: Control;
  readonly tasks: Tasks;
  readonly machines: Machines;
  readonly lostEvents: LostEvents;
};

export class Events extends Construct {
  readonly #lostEvents: LostEvents;

  constructor(scope: Construct, id: string, { control, tasks, machines, lostEvents }: EventsProps) {
    super(scope, id);
    this.#lostEvents = lostEvents;
    this.#rule('TaskStateChange', control.taskStateChange, {
      source: ['aws.ecs'],
      detailType: ['ECS Task State Change'],
      detail: { clusterArn: [tasks.cluster.clusterArn], lastStatus: ['RUNNING', 'STOPPED'] },
    });
    this.#rule('ExecutionStatusChange', control.executionStatusChange, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: Match.prefix(machines.machinesArn.replace(/\*$/, '')),
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    });
    this.#rule('Sweep', control.sweep, Schedule.rate(Duration.minutes(1)));
  }

  #rule(id: string, handler: IFunction, when: EventPattern | Schedule): void {
    const target = new LambdaFunction(handler, {
      deadLetterQueue: this.#lostEvents.queue,
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
    });
    new Rule(this, id, {
      ...(when instanceof Schedule ? { schedule: when } : { eventPattern: when }),
      targets: [target],
    });
  }
}
