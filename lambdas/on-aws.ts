/**
 * What every function of the stack passes through: one home a cold start, structured logs that name the request and never
 * its payload, metrics in CloudWatch's embedded format, and events that are on their way before the function sleeps.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { type AwsHome, createAwsHome, type Parts } from '../lib/aws/home.ts';
import { type Measure, measureOfAnswer, measureOfEvent, metricNamespace } from '../lib/aws/measures.ts';
import type { Home } from '../lib/home.ts';

/** The stack's name tells installations apart, in logs and in metrics. */
const serviceName = process.env['GOFER_INSTALLATION'] ?? 'gofer';

export const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: metricNamespace, serviceName });

export const measure = (name: Measure, count = 1) => metrics.addMetric(name, MetricUnit.Count, count);

/**
 * @example export const handler = onAws((home) => createNextHandler(home));
 */
export function onAws<Event, Result>(create: (home: Home) => Handler<Event, Result>, parts: Partial<Parts> = {}) {
  const home = createAwsHome(process.env, parts);
  const handler = create(measured(home));
  return middy<Event, Result>().use(injectLambdaContext(logger)).use(toTheEnd(home)).handler(handler);
}

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/** The same home, with what it decides and tells being counted. */
function measured(home: AwsHome): AwsHome {
  const counted = (found: Measure | undefined) => found && measure(found);
  return {
    ...home,
    machines: {
      ...home.machines,
      answer: async (token, answer) => {
        const taken = await home.machines.answer(token, answer);
        if (taken) counted(measureOfAnswer(answer));
        return taken;
      },
    },
    bus: {
      ...home.bus,
      publish: (event) => {
        counted(measureOfEvent(event));
        home.bus.publish(event);
      },
    },
  };
}

/** Whatever the outcome: nothing of this invocation is left for the next one, which may never come. */
function toTheEnd({ bus }: AwsHome): Omit<MiddlewareObj, 'before'> {
  const end = async () => {
    await bus.settled();
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: end, onError: end };
}
