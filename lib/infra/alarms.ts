/**
 * What somebody must hear of. Each alarm says what to do first and names its section of the runbook. Together they look at
 * ten metrics, as many as CloudWatch's free tier has: what a second metric would only repeat has no alarm of its own.
 */
import { Duration, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type Measure, metricNamespace } from '../aws/measures.ts';
import type { Control } from './control.ts';
import type { LostEvents } from './lost-events.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';

export type AlarmsProps = {
  readonly settings: Settings;
  readonly control: Control;
  readonly store: Store;
  readonly lostEvents: LostEvents;
  readonly api: RestApi;
};

type Rule = {
  /** What has happened, and what to do first. */
  readonly says: string;
  /** Section of docs/aws.md. */
  readonly runbook: string;
  readonly metric: IMetric;
  /** Goes off from here. Default 1. */
  readonly threshold?: number;
  /** Periods in a row. Default 1. */
  readonly periods?: number;
  readonly comparison?: ComparisonOperator;
  /** What no data means. Default: all is well. */
  readonly missing?: TreatMissingData;
};

const period = Duration.minutes(5);
const sum = { period, statistic: 'sum' };

export class Alarms extends Construct {
  readonly alarms: Alarm[] = [];
  readonly #topic: Topic | undefined;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { settings, control, lostEvents, store, api } = props;
    this.#topic = settings.alarmEmail ? this.#mailTo(settings.alarmEmail) : undefined;

    const throttled = (metricName: string) => store.table.metric(metricName, sum);

    this.#alarm('LostEvents', {
      says: 'An event was lost; the sweep repairs its runs. First: gofer event redrive --dry-run.',
      runbook: 'lost-events',
      metric: lostEvents.queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'max' }),
    });
    this.#alarm('Steps', {
      says: 'Decisions about tasks fail and are repeated, so runs stand still. First: read the logs of next and finish.',
      runbook: 'failing-steps',
      metric: total(control.next.metricErrors(sum), control.finish.metricErrors(sum)),
      // A single one is repeated by the state machine within seconds.
      threshold: 3,
    });
    this.#alarm('Throttles', {
      says: "Functions are throttled: the account's concurrency is used up. First: see the quota by gofer doctor --aws.",
      runbook: 'throttled-functions',
      // They share the account's concurrency: what throttles this one throttles the others.
      metric: control.next.metricThrottles(sum),
      periods: 2,
    });
    this.#alarm('Sweep', {
      says: 'The sweep does not run, so what is lost stays lost. First: see that its rule is enabled.',
      runbook: 'no-sweep',
      metric: control.sweep.metricInvocations(sum),
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 2,
      missing: TreatMissingData.BREACHING,
    });
    this.#alarm('SweepErrors', {
      says: 'The sweep fails again and again. First: read its log, which names the run.',
      runbook: 'failing-sweep',
      metric: control.sweep.metricErrors(sum),
      threshold: 3,
      periods: 2,
    });
    this.#alarm('Executions', {
      says: 'Executions end in a way that no task explains. First: find their runs by gofer run list.',
      runbook: 'broken-executions',
      metric: new Metric({
        namespace: metricNamespace,
        metricName: 'ExecutionsBroken' satisfies Measure,
        dimensionsMap: { service: Stack.of(this).stackName },
        ...sum,
      }),
    });
    this.#alarm('Api', {
      says: 'The API answers with errors of its own. First: read the log of its function by the request id of an answer.',
      runbook: 'failing-api',
      metric: api.metricServerError(sum),
      threshold: 5,
    });
    this.#alarm('Table', {
      says: 'DynamoDB throttles the table, so everything is slow. First: see by its metrics what is read or written so much.',
      runbook: 'throttled-table',
      metric: total(throttled('ReadThrottleEvents'), throttled('WriteThrottleEvents')),
      threshold: 10,
      periods: 2,
    });
  }

  #mailTo(address: string): Topic {
    const topic = new Topic(this, 'Topic', { displayName: `Gofer ${Stack.of(this).stackName}`, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(address));
    return topic;
  }

  #alarm(id: string, { says, runbook, metric, threshold = 1, periods = 1, comparison, missing }: Rule): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${says} Runbook: docs/aws.md#${runbook}`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    if (this.#topic) {
      const action = new SnsAction(this.#topic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    this.alarms.push(alarm);
  }
}

/** The sum, zero where one has no data. */
function total(...metrics: readonly Metric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((each, i) => [`m${i}`, each]));
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics, period });
}
