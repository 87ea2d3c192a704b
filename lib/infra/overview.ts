/** One page about the installation: what it does, how long that takes, and what goes wrong. */
import { Duration, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Measure, metricNamespace } from '../aws/measures.ts';
import type { Control } from './control.ts';
import type { Store } from './store.ts';

export type OverviewProps = {
  readonly alarms: readonly Alarm[];
  readonly control: Control;
  readonly store: Store;
  readonly api: RestApi;
};

const period = Duration.minutes(5);

export class Overview extends Construct {
  constructor(scope: Construct, id: string, { alarms, control, store, api }: OverviewProps) {
    super(scope, id);
    const service = Stack.of(this).stackName;
    const measured = (...names: readonly Measure[]) =>
      names.map(
        (metricName) =>
          new Metric({
            namespace: metricNamespace,
            metricName,
            label: metricName,
            dimensionsMap: { service },
            period,
            statistic: 'sum',
          }),
      );
    const graph = (title: string, left: Metric[], right: Metric[] = []) =>
      new GraphWidget({ title, width: 12, left, right });
    const functions = [control.api, control.next, control.finish, control.taskStateChange, control.sweep];

    new Dashboard(this, 'Dashboard', {
      // Two installations of an account have one in each region.
      dashboardName: `${service}-${Stack.of(this).region}`,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', width: 24, alarms: [...alarms] })],
        [
          graph('Runs', measured('RunsStarted', 'RunsSuccessful', 'RunsFailed', 'RunsCancelled')),
          graph(
            'Tasks',
            measured('TaskLaunches', 'TasksSuccessful', 'TasksFailed', 'TaskRetries', 'LaunchesPostponed'),
          ),
        ],
        [
          graph(
            'API',
            [api.metricCount({ period }), api.metricClientError({ period }), api.metricServerError({ period })],
            [api.metricLatency({ period, statistic: 'p95' })],
          ),
          graph('Sweep', measured('RunsSwept'), [control.sweep.metricDuration({ period, statistic: 'max' })]),
        ],
        [
          graph(
            'Functions: errors',
            functions.map((each) => each.metricErrors({ period, label: each.node.id })),
            functions.map((each) => each.metricThrottles({ period, label: `${each.node.id} throttled` })),
          ),
          graph('Table', [
            store.table.metricConsumedReadCapacityUnits({ period }),
            store.table.metricConsumedWriteCapacityUnits({ period }),
          ]),
        ],
      ],
    });
  }
}
