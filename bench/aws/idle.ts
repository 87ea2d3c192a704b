/** What an installation costs in a month without a run: by the resources of its own template, and by what the sweep does. */
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { templateOf } from '../../test/infra/stack.ts';
import { createMemoryHome } from '../../test/memory-home.ts';
import { countedTable } from '../../test/run/counted-table.ts';
import type { Row } from '../measure.ts';
import { alarmMetric, cost, costsNothing, hours, interfaceEndpoint, resourcePrices, usePrices } from './prices.ts';

type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };
/** Dollars, in whole cents: the sum is that of what is shown. */
type Cost = { readonly list: number; readonly paid: number };

const most = 1;
const sweeps = 60 * hours;

/** Each part by what it is, and all of them together. docs/aws.md shows the same table. */
export async function idleCosts(): Promise<{ readonly parts: ReadonlyMap<string, Cost>; readonly sum: Cost }> {
  const resources = Object.values(templateOf().toJSON()['Resources'] as Record<string, Resource>);
  const exact = [...(await ofSweeps(resources)), ...ofResources(resources)];
  const parts = new Map(exact.map(([what, { list, paid }]) => [what, { list: cents(list), paid: cents(paid) }]));
  const sum = (of: keyof Cost) => cents([...parts.values()].reduce((total, part) => total + part[of], 0));
  return { parts, sum: { list: sum('list'), paid: sum('paid') } };
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

/** A sweep finds nothing to do; it takes a quarter of a second at most, and writes one line beside Lambda's own three. */
const seconds = 0.25;
const logBytes = 2_000;
/** Counted by every sweep: `RunsSwept`. */
const metrics = 1;

async function ofSweeps(resources: readonly Resource[]): Promise<[string, Cost][]> {
  const sweep = resources.find(
    ({ Type, Properties }) => Type === 'AWS::Lambda::Function' && /Sweep/.test(JSON.stringify(Properties?.['Role'])),
  );
  const rate = resources.find(({ Properties }) => Properties?.['ScheduleExpression'] === 'rate(1 minute)');
  if (!sweep?.Properties || !rate) throw new Error('the template has no sweep of every minute');
  const { MemorySize, TracingConfig } = sweep.Properties;
  const gigabytes = Number(MemorySize) / 1024;
  const traces = TracingConfig ? sweeps : 0;
  const reads = (await callsOfAnIdleSweep()) * sweeps;
  const calls = cost(sweeps, usePrices.invocations);
  const time = cost(sweeps * seconds * gigabytes, usePrices.gigabyteSeconds);
  const count = (n: number) => n.toLocaleString('en-US');
  return [
    [
      `Lambda: ${count(sweeps)} sweeps of up to ${seconds} s with ${gigabytes} GB`,
      { list: calls.list + time.list, paid: calls.paid + time.paid },
    ],
    [`DynamoDB: ${count(reads)} reads`, cost(reads, usePrices.reads)],
    ['CloudWatch Logs: the lines of a sweep', cost((sweeps * logBytes) / 1e9, usePrices.logGigabytes)],
    [`X-Ray: ${count(traces)} traces`, cost(traces, usePrices.traces)],
    [`CloudWatch: ${metrics} metric of the sweep`, cost(metrics, usePrices.metrics)],
  ];
}

/** An empty query costs one unit, like a read of one small item. */
async function callsOfAnIdleSweep(): Promise<number> {
  const home = createMemoryHome();
  const counted = countedTable(home.table);
  let queries = 0;
  const swept: typeof home.table.swept = (kind) => {
    queries++;
    return home.table.swept(kind);
  };
  await createSweepHandler({ ...home, table: { ...counted.table, swept } })();
  return counted.operations().calls + queries;
}

const cents = (value: number) => Math.round(value * 100) / 100;
const dollars = (value: number) => `$${value.toFixed(2)}`;

if (import.meta.main) console.table(await idle());
