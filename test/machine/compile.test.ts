import validate from 'asl-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../lib/machine/compile.ts';
import { machineLimits } from '../../lib/machine/limits.ts';
import { machineName } from '../../lib/machine/name.ts';
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { bytesOf, statesEntered, statesOf, successPath } from './definition.ts';
import { anyPipeline, chain, comb, diamond, id, mesh, pipeline, random, shapeN, task } from './pipelines.ts';

const path = (config: PipelineConfig) => successPath(compile(config));
const state = (config: PipelineConfig, name: string) => new Map(statesOf(compile(config))).get(name);

describe('the shape of a machine', () => {
  it('is a gate and a container for one task, then the end of the run', () => {
    expect(path(pipeline(task('build')))).toBe('next build > build > finish run');
  });

  it('puts tasks that follow each other into a series', () => {
    expect(path(pipeline(task('test', ['build']), task('build')))).toBe(
      'next build > build > next test > test > finish run',
    );
  });

  it('runs tasks that are independent beside each other', () => {
    expect(path(pipeline(task('a'), task('b', ['a']), task('c', ['a']), task('d', ['b', 'c'])))).toBe(
      'next a > a > fan 1[next b > b | next c > c] > next d > d > finish run',
    );
  });

  it('adds no state for a dependency that others imply', () => {
    expect(path(pipeline(task('a'), task('b', ['a']), task('c', ['a', 'b'])))).toBe(
      'next a > a > next b > b > next c > c > finish run',
    );
  });

  it('lets a task start after one alone when only its neighbour waits for two', () => {
    expect(path(shapeN())).toBe(
      'fan 1[next one > one > next after-one > after-one | next two > two > next after-both > after-both] > finish run',
    );
  });

  it('puts no Parallel straight into a branch of another', () => {
    const within = [task('e'), task('f'), task('g', ['e']), task('h', ['e', 'f'])];
    const { Branches: branches } = state(pipeline(task('a'), ...within), 'fan 1') ?? {};
    expect(branches?.map(successPath)).toEqual(['next a > a', 'next e > e > next g > g', 'next f > f > next h > h']);
  });

  it('runs more than 40 branches in groups, as an interpreter may run no more at once', () => {
    const sizes = (config: PipelineConfig) =>
      statesOf(compile(config)).flatMap(([, { Branches: branches }]) => (branches ? [branches.length] : []));
    expect(sizes(diamond(42))).toEqual([40]);
    expect(sizes(diamond(43))).toEqual([2, 21, 20]);
    expect(Math.max(...sizes(diamond(2000)))).toBeLessThanOrEqual(40);
  });

  it('ends at once when there are no tasks', () => {
    expect(path(pipeline())).toBe('finish run');
  });

  it('refuses a cycle', () => {
    expect(() => compile(pipeline(task('a', ['b']), task('b', ['a'])))).toThrow(
      'task "a" can never start: it depends on itself through others',
    );
  });

  it('holds its own with task ids that JavaScript knows', () => {
    const odd = pipeline(task('__proto__'), task('constructor', ['__proto__']), task('123', ['constructor']));
    expect(successPath(JSON.parse(JSON.stringify(compile(odd))))).toBe(
      'next __proto__ > __proto__ > next constructor > constructor > next 123 > 123 > finish run',
    );
  });
});

describe('the states of a machine', () => {
  const retried = { retry: { attempts: 4, interval: 10, rate: 20 } };
  const small = pipeline(
    task('build', [], { timeout: 600, ...retried }),
    task('test', { build: 'success' }),
    task('alert', { build: 'failure' }),
  );

  it('are these', () => {
    expect(compile(small)).toMatchSnapshot();
  });

  it('wait between attempts as the task asks, at most an hour', () => {
    const again = state(small, 'next build')?.Retry?.filter(({ ErrorEquals: [name] }) =>
      name?.startsWith('Gofer.Again'),
    );
    expect(again?.map(({ IntervalSeconds }) => IntervalSeconds)).toEqual([10, 200, 3600]);
  });

  it('stop a container some time after the timeout of its task, or else of the installation', () => {
    expect(state(small, 'build')?.TimeoutSeconds).toBe(600 + 900);
    expect(state(small, 'test')?.TimeoutSeconds).toBe(86_400 + 900);
    const { States: states } = compile(pipeline(task('build')), { defaultTimeout: 60 });
    expect(states['build']).toMatchObject({ TimeoutSeconds: 960 });
  });

  it('name the task just before in the series, which has succeeded when they are reached in order', () => {
    const after = (name: string) => state(diamond(4), `next ${id(Number(name))}`)?.Parameters?.Payload?.after;
    expect(state(chain(2), `next ${id(1)}`)?.Parameters?.Payload?.after).toBe(id(0));
    expect(['0', '1', '3'].map(after)).toEqual([undefined, undefined, undefined]);
  });

  it('are valid ASL, and within every limit', { timeout: 120_000 }, () => {
    for (const config of fc.sample(anyPipeline(25), { numRuns: 50, seed: 3 })) {
      const definition = compile(config);
      expect(machineLimits(config, definition)).toEqual([]);
      // The validator writes into what it checks.
      const { isValid, errorsText } = validate(structuredClone(definition));
      expect(isValid, errorsText()).toBe(true);
    }
  });

  it('have unique names, with a blank in each but those of tasks', () => {
    fc.assert(
      fc.property(anyPipeline(40), (config) => {
        const states = statesOf(compile(config));
        const names = states.map(([name]) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names.filter((name) => !name.includes(' ')).sort()).toEqual(config.tasks.map((each) => each.id).sort());
      }),
    );
  });
});

describe('a machine is named by its content', () => {
  const name = (config: PipelineConfig) => machineName('k3v9x0a1b2c3', compile(config));

  it('the same whatever the order of tasks and dependencies', () => {
    fc.assert(
      fc.property(anyPipeline(30), (config) => {
        const tasks = config.tasks.map((each) => ({
          ...each,
          depends_on: Object.fromEntries(Object.entries(each.depends_on).reverse()),
        }));
        expect(name({ ...config, tasks: tasks.reverse() })).toBe(name(config));
      }),
    );
  });

  it('the same when only what a container runs has changed', () => {
    const command = { image: 'alpine', command: ['true'], variables: { A: 'b' } };
    expect(name(pipeline(task('build', [], command)))).toBe(name(pipeline(task('build'))));
  });

  it('another when the order, a timeout or the retries change', () => {
    const one = name(pipeline(task('a'), task('b')));
    expect(name(pipeline(task('a'), task('b', ['a'])))).not.toBe(one);
    expect(name(pipeline(task('a', [], { timeout: 5 }), task('b')))).not.toBe(one);
    expect(name(pipeline(task('a', [], { retry: { attempts: 2, interval: 1, rate: 1 } }), task('b')))).not.toBe(one);
  });

  it('in words that Step Functions allows', () => {
    expect(name(pipeline(task('build')))).toMatch(/^gofer_k3v9x0a1b2c3_[0-9a-f]{32}$/);
  });
});

describe('what a machine costs', () => {
  it.each([
    ['a chain of 10', chain(10), 21],
    ['a diamond of 10', diamond(10), 22],
    ['the N of 4', shapeN(), 10],
  ])('%s enters few states', (_, config, most) => {
    expect(statesEntered(compile(config))).toBeLessThanOrEqual(most);
  });

  it.each([
    ['chain', chain(800)],
    ['diamond', diamond(800)],
    ['mesh', mesh(800, 20)],
  ])('a %s takes at most 1,200 bytes a task', (_, config) => {
    expect(bytesOf(compile(config)) / config.tasks.length).toBeLessThanOrEqual(1200);
  });

  it.each([
    ['a comb, which has the most Parallels', comb(800)],
    ['independent tasks', random(800, Number.MAX_SAFE_INTEGER, 1)],
    ['a sparse DAG', random(800, 300, 2)],
    ['a dense DAG', random(800, 5, 3)],
  ])('800 tasks fit into a definition: %s', (_, config) => {
    expect(bytesOf(compile(config))).toBeLessThanOrEqual(1_048_576);
  });
});
