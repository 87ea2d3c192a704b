/** What an installation costs in a month without a run: by the resources of its own template, and by what is called every minute. */
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { exchange } from '../../lib/extension/exchange.ts';
import { tendExtensions } from '../../lib/extension/tend.ts';
import type { Home } from '../../lib/home.ts';
import type { ExtensionServices } from '../../lib/ports/extension-services.ts';
import { templateOf } from '../../test/infra/stack.ts';
import { createMemoryHome } from '../../test/memory-home.ts';
import { countedTable } from '../../test/run/counted-table.ts';
import type { Row } from '../measure.ts';
import { alarmMetric, cost, costsNothing, hours, interfaceEndpoint, resourcePrices, usePrices } from './prices.ts';

type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };
/** Dollars, in whole cents: the sum is that of what is shown. */
type Cost = { readonly list: number; readonly paid: number };

const most = 1;
const minutes = 60 * hours;

/** Each part by what it is, and all of them together. docs/aws.md shows the same table. */
export async function idleCosts(): Promise<{ readonly parts: ReadonlyMap<string, Cost>; readonly sum: Cost }> {
  const resources = templateOf().toJSON()['Resources'] as Record<string, Resource>;
  const exact = [...(await ofCalls(resources)), ...ofResources(Object.values(resources))];
  const parts = new Map(exact.map(([what, { list, paid }]) => [what, { list: cents(list), paid: cents(paid) }]));
  const total = (of: keyof Cost) => cents(sum([...parts.values()].map((part) => part[of])));
  return { parts, sum: { list: total('list'), paid: total('paid') } };
}

export async function idle(): Promise<Row[]> {
  const { parts, sum } = await idleCosts();
  const measured = ({ list, paid }: Cost) => `${dollars(paid)} (list price ${dollars(list)})`;
  return [
    ...[...parts].map(([what, part]) => ({ what: `  ${what}`, measured: measured(part), target: '', reached: true })),
    {
      what: 'idle for a month, after the always-free tier',
      measured: measured(sum),
      target: `< ${dollars(most)}`,
      reached: sum.paid < most,
    },
  ];
}

function ofResources(resources: readonly Resource[]): [string, Cost][] {
  const costs: [string, Cost][] = [];
  for (const [type, found] of Map.groupBy(resources, ({ Type }) => Type)) {
    const price = resourcePrices[type];
    if (price) costs.push([`${found.length} × ${type}`, cost(found.length, price)]);
    else if (type === 'AWS::CloudWatch::Alarm') costs.push(ofAlarms(found));
    else if (type === 'AWS::EC2::VPCEndpoint') costs.push([type, ofEndpoints(found)]);
    else if (!costsNothing.some((free) => free.test(type)))
      throw new Error(`the template has ${type}, whose price is unknown; look it up and add it to prices.ts`);
  }
  return costs.filter(([, { list }]) => list > 0);
}

function ofAlarms(alarms: readonly Resource[]): [string, Cost] {
  const metrics = alarms.flatMap(({ Properties = {} }) => {
    const { Metrics: found = [{ MetricStat: Properties }] } = Properties as { Metrics?: { MetricStat?: unknown }[] };
    // An expression over others is none itself.
    return found.filter(({ MetricStat }) => MetricStat);
  });
  return [
    `${alarms.length} × AWS::CloudWatch::Alarm over ${metrics.length} metrics`,
    cost(metrics.length, alarmMetric),
  ];
}

function ofEndpoints(endpoints: readonly Resource[]): Cost {
  const zones = endpoints
    .filter(({ Properties }) => Properties?.['VpcEndpointType'] === 'Interface')
    .flatMap(({ Properties }) => Properties?.['SubnetIds'] as unknown[]);
  return cost(zones.length, { list: interfaceEndpoint, free: 0 });
}

/** Each finds nothing to do: it takes a quarter of a second at most, and writes one line beside Lambda's own three. */
const seconds = 0.25;
const logBytes = 2_000;
/** Counted by every sweep: `RunsSwept`. */
const metrics = 1;

/** Each function that a rule calls every minute, by what its logical id begins with: the reads of one such call. */
const minutely: Readonly<Record<string, (home: Home) => Promise<unknown>>> = {
  ControlSweep: (home) => createSweepHandler(home)(),
  ExtensionsFunction: (home) => tendExtensions(home, { services: noServices, exchange }),
};

async function ofCalls(resources: Readonly<Record<string, Resource>>): Promise<[string, Cost][]> {
  const called = calledEveryMinute(resources);
  const calls = called.length * minutes;
  const gigabytes = called.map(([, { Properties = {} }]) => Number(Properties['MemorySize']) / 1024);
  const traces = called.filter(([, { Properties = {} }]) => Properties['TracingConfig']).length * minutes;
  let reads = 0;
  for (const [id] of called) reads += (await readsOf(id)) * minutes;
  const count = (n: number) => n.toLocaleString('en-US');
  const requests = cost(calls, usePrices.invocations);
  const time = cost(sum(gigabytes) * minutes * seconds, usePrices.gigabyteSeconds);
  return [
    [
      `Lambda: ${called.length} × ${count(minutes)} calls of up to ${seconds} s with ${gigabytes.join(' and ')} GB`,
      { list: requests.list + time.list, paid: requests.paid + time.paid },
    ],
    [`DynamoDB: ${count(reads)} reads`, cost(reads, usePrices.reads)],
    ['CloudWatch Logs: the lines of these calls', cost((calls * logBytes) / 1e9, usePrices.logGigabytes)],
    [`X-Ray: ${count(traces)} traces`, cost(traces, usePrices.traces)],
    [`CloudWatch: ${metrics} metric of the sweep`, cost(metrics, usePrices.metrics)],
  ];
}

function calledEveryMinute(resources: Readonly<Record<string, Resource>>): (readonly [string, Resource])[] {
  const rules = Object.values(resources).filter(
    ({ Properties }) => Properties?.['ScheduleExpression'] === 'rate(1 minute)',
  );
  return rules.map(({ Properties = {} }) => {
    const [, id = ''] = /"Fn::GetAtt":\["(\w+)","Arn"\]/.exec(JSON.stringify(Properties['Targets'])) ?? [];
    const found = resources[id];
    if (!found) throw new Error(`a rule of every minute has a target that is not in the template: "${id}"`);
    return [id, found] as const;
  });
}

/** An empty query costs one unit, like a read of one small item. */
async function readsOf(id: string): Promise<number> {
  const work = Object.entries(minutely).find(([start]) => id.startsWith(start))?.[1];
  if (!work) throw new Error(`${id} is called every minute, and what it reads is unknown; add it to \`minutely\``);
  const home = createMemoryHome();
  const counted = countedTable(home.table);
  let queries = 0;
  const swept: typeof home.table.swept = (kind) => {
    queries++;
    return home.table.swept(kind);
  };
  await work({ ...home, table: { ...counted.table, swept } });
  return counted.operations().calls + queries;
}

const noServices: ExtensionServices = {
  list: async () => [],
  put: async () => undefined,
  remove: async () => undefined,
  container: async () => undefined,
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const cents = (value: number) => Math.round(value * 100) / 100;
const dollars = (value: number) => `$${value.toFixed(2)}`;

if (import.meta.main) console.table(await idle());
