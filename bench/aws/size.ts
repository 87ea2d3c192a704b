/** How large a pipeline may be: what AWS accepts must also run to its end, here in fake containers and virtual time. */
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { namespaceKey } from '../../lib/store/items/pipeline.ts';
import { chain, comb, diamond, mesh, random } from '../../test/machine/pipelines.ts';
import { createVirtualHome } from '../../test/machine/virtual-home.ts';
import type { Row } from '../measure.ts';

const tasks = 800;
const beyond = 1600;

const shapes: Readonly<Record<string, (size: number) => PipelineConfig>> = {
  chain,
  diamond,
  comb,
  mesh: (size) => mesh(size, 20),
  'sparse random DAG': (size) => random(size, 300, 2),
  'dense random DAG': (size) => random(size, 100, 1),
};

export async function size(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [shape, make] of Object.entries(shapes)) {
    const ended = await run(make(tasks));
    const target = `accepted, ${tasks} successful`;
    rows.push({ what: `${shape} of ${tasks} tasks`, measured: ended, target, reached: ended === target });
    const refusal = await register(make(beyond)).then(() => 'accepted', String);
    const said = /\d+ tasks make [^;]*; Step Functions allows [\d,]+/.exec(refusal)?.[0];
    rows.push({
      what: `${shape} of ${beyond.toLocaleString('en-US')} tasks`,
      measured: said ?? refusal,
      target: 'refused, with the number and the limit',
      reached: said !== undefined,
    });
  }
  return rows;
}

/** A home on AWS as far as its limits go. */
async function register(config: PipelineConfig) {
  const plan = new Map(
    config.tasks.map(({ id }) => [id, { attempts: [{ seconds: 1, exit: 0 }], refused: 0 }] as const),
  );
  const world = createVirtualHome(plan, () => 0.5);
  Object.assign(world.home.settings, { kind: 'aws' });
  const namespace = { id: 'default', name: 'default', description: '', created: 0, modified: 0 };
  await world.home.table.put({ ...namespaceKey('default'), ...namespace });
  await registerConfig(world.home, { namespace: 'default', pipeline: config.id, config });
  return world;
}

async function run(config: PipelineConfig): Promise<string> {
  const { home, run, started } = await register(config);
  const initiator = { id: '', user: '' };
  const { uid, number } = await startRun(home, {
    namespace: 'default',
    pipeline: config.id,
    variables: {},
    initiator,
  });
  await run();
  const ended = await findRun(home, uid, number);
  return `accepted, ${started.length} ${ended?.status}`;
}

if (import.meta.main) console.table(await size());
