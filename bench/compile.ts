/** What compiling costs, and what the machines it makes cost: time, states on the success path, bytes. */
import { compile } from '../lib/machine/compile.ts';
import { largestDefinition } from '../lib/machine/limits.ts';
import type { PipelineConfig } from '../lib/pipeline/config.ts';
import { bytesOf, statesEntered } from '../test/machine/definition.ts';
import { chain, comb, diamond, mesh, random, shapeN } from '../test/machine/pipelines.ts';
import { median, milliseconds, type Row } from './measure.ts';

const rounds = 5;
const count = (n: number) => Math.round(n).toLocaleString('en-US');

export function compiling(): Row[] {
  return [
    time('compile an 800-task random DAG', random(800, 100, 1)),
    time('compile an 800-task dense random DAG', random(800, 5, 1)),
    time('compile an 800-task chain', chain(800)),
    states('chain of 10', chain(10), 21),
    states('diamond of 10', diamond(10), 22),
    states('N of 4', shapeN(), 10),
    bytes({ chain: chain(800), diamond: diamond(800), mesh: mesh(800, 20) }),
    whole({
      chain: chain(800),
      diamond: diamond(800),
      mesh: mesh(800, 20),
      comb: comb(800),
      random: random(800, 300, 2),
    }),
  ];
}

function time(what: string, config: PipelineConfig): Row {
  const samples = Array.from({ length: rounds }, () => {
    const begun = performance.now();
    compile(config);
    return performance.now() - begun;
  });
  const measured = median(samples);
  return { what, measured: milliseconds(measured), target: '< 1 s', reached: measured < 1000 };
}

function states(what: string, config: PipelineConfig, most: number): Row {
  const measured = statesEntered(compile(config));
  return { what: `states entered: ${what}`, measured: `${measured}`, target: `≤ ${most}`, reached: measured <= most };
}

function bytes(configs: Readonly<Record<string, PipelineConfig>>): Row {
  const [shape, measured] = worst(configs, (config) => bytesOf(compile(config)) / config.tasks.length);
  const what = `definition bytes a task, worst of ${Object.keys(configs).join(', ')}: ${shape}`;
  return { what, measured: count(Math.ceil(measured)), target: '≤ 1,200', reached: measured <= 1200 };
}

function whole(configs: Readonly<Record<string, PipelineConfig>>): Row {
  const [shape, measured] = worst(configs, (config) => bytesOf(compile(config)));
  const what = `definition bytes of 800 tasks, worst of ${Object.keys(configs).join(', ')}: ${shape}`;
  const reached = measured <= largestDefinition;
  return { what, measured: count(measured), target: `≤ ${count(largestDefinition)}`, reached };
}

function worst(configs: Readonly<Record<string, PipelineConfig>>, cost: (config: PipelineConfig) => number) {
  const costs = Object.entries(configs).map(([shape, config]) => [shape, cost(config)] as const);
  return costs.reduce((most, each) => (each[1] > most[1] ? each : most), ['', 0] as const);
}

if (import.meta.main) console.table(compiling());
