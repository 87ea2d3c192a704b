/** What an installation costs in a month without a run: by the resources of its own template, and by what the sweep does. */
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { templateOf } from '../../test/infra/stack.ts';
import { createMemoryHome } from '../../test/memory-home.ts';
import { countedTable } from '../../test/run/counted-table.ts';
import type { Row } from '../measure.ts';
import { cost, costsNothing, hours, interfaceEndpoint, resourcePrices, usePrices } from './prices.ts';

type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };
type Cost = { readonly list: number; readonly paid: number };

const most = 1;
const sweeps = 60 * hours;

export async function idle(): Promise<Row[]> {
  const resources = Object.values(templateOf().toJSON()['Resources'] as Record<string, Resource>);
  const parts = { ...ofResources(resources), ...(await ofSweeps(resources)) };
  const list = sum(Object.values(parts).map((part) => part.list));
  const paid = sum(Object.values(parts).map((part) => part.paid));
  return [
    ...Object.entries(parts)
      .filter(([, part]) => part.list > 0)
      .map(([what, part]) => ({
        what: `  ${what}`,
        measured: `${dollars(part.paid)} (list price ${dollars(part.list)})`,
        target: '',
        reached: true,
      })),
    {
      what: 'idle for a month, after the always-free tier',
      measured: `${dollars(paid)} (list price ${dollars(list)})`,
      target: `< ${dollars(most)}`,
      reached: paid < most,
    },
  ];
}

function ofResources(resources: readonly Resource[]): Record<string, Cost> {
  const costs: Record<string, Cost> = {};
  for (const [type, found] of Map.groupBy(resources, ({ Type }) => Type)) {
    const price = resourcePrices[type];
    if (price) costs[`${found.length} × ${type}`] = cost(found.length, price);
    else if (type === 'AWS::EC2::VPCEndpoint') costs[type] = ofEndpoints(found);
    else if (!costsNothing.some((free) => free.test(type)))
      throw new Error(`the template has ${type}, whose price is unknown; look it up and add it to prices.ts`);
  }
  return costs;
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

async function ofSweeps(resources: readonly Resource[]): Promise<Record<string, Cost>> {
  const sweep = resources.find(
    ({ Type, Properties }) => Type === 'AWS::Lambda::Function' && /Sweep/.test(JSON.stringify(Properties?.['Role'])),
  );
  const rate = resources.find(({ Properties }) => Properties?.['ScheduleExpression'] === 'rate(1 minute)');
  if (!sweep || !rate) throw new Error('the template has no sweep of every minute');
  const gigabytes = Number(sweep.Properties?.['MemorySize']) / 1024;
  const reads = (await callsOfAnIdleSweep()) * sweeps;
  return {
    [`${sweeps.toLocaleString('en-US')} sweeps: Lambda requests`]: cost(sweeps, usePrices.invocations),
    [`sweeps: ${seconds} s with ${gigabytes} GB`]: cost(sweeps * seconds * gigabytes, usePrices.gigabyteSeconds),
    [`sweeps: ${reads.toLocaleString('en-US')} read units of DynamoDB`]: cost(reads, usePrices.reads),
    'sweeps: log': cost((sweeps * logBytes) / 1e9, usePrices.logGigabytes),
    'sweeps: metrics': cost(metrics, usePrices.metrics),
  };
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

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const dollars = (value: number) => `$${value.toFixed(2)}`;

if (import.meta.main) console.table(await idle());
