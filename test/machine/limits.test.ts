import { describe, expect, it } from 'vitest';
import { compile } from '../../lib/machine/compile.ts';
import { machineLimits } from '../../lib/machine/limits.ts';
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { chain, diamond } from './pipelines.ts';

const problems = (config: PipelineConfig) => machineLimits(config, compile(config));

const retried = (config: PipelineConfig, attempts: number): PipelineConfig => ({
  ...config,
  tasks: config.tasks.map((task) => ({ ...task, retry: { attempts, interval: 1, rate: 1 } })),
});

describe("Step Functions' limits", () => {
  it('leave room for 800 tasks', () => {
    expect(problems(diamond(800))).toEqual([]);
  });

  it('refuse a definition over 1 MB, and say how many tasks fit', () => {
    const [problem, ...more] = problems(chain(900));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ limit: 'definition', path: 'tasks', max: 1_048_576 });
    expect(problem?.value).toBeGreaterThan(1_048_576);
    expect(problem?.message).toMatch(
      /^900 tasks make a state machine of 1,\d{3},\d{3} bytes; Step Functions allows 1,048,576$/,
    );
    expect(problem?.suggestion).toMatch(/^split the pipeline: about 8\d\d tasks like these fit/);
  });

  it('refuse a run that alone writes more than four fifths of the history', () => {
    const history = problems(chain(1700)).find(({ limit }) => limit === 'history');
    expect(history).toMatchObject({ value: 8 + 1700 * 12, max: 20_000 });
    expect(history?.suggestion).toBe('split the pipeline: about 1,666 tasks fit');
  });

  it('refuse retries that would end the run by themselves, and say how many fit', () => {
    expect(problems(retried(chain(300), 5))).toEqual([]);
    expect(problems(retried(chain(300), 6))).toMatchObject([
      {
        limit: 'retries',
        value: 8 + 300 * 12 + 300 * 5 * 16,
        max: 25_000,
        message: 'with all 1,500 retries a run writes 27,608 history events; Step Functions ends it at 25,000',
        suggestion: 'lower "attempts": 1,337 retries fit, over all tasks',
      },
    ]);
  });
});
