import { describe, expect, test } from 'vitest';
import { InvalidPipelineError, writeProblem } from '../../lib/pipeline/problem.ts';
import { checkPipeline, parsePipeline, pipelineJsonSchema } from '../../lib/pipeline/schema.ts';

const one = { id: 'one', image: 'busybox' };
const withTask = (task: object) => ({ id: 'build', tasks: [{ ...one, ...task }] });

function problemsIn(input: unknown): string[] {
  const result = parsePipeline(input);
  return 'problems' in result ? result.problems.map(writeProblem) : [];
}

describe('a config is normalised', () => {
  test('what may be absent has its default', () => {
    expect(checkPipeline({ id: 'build', tasks: [one] })).toEqual({
      id: 'build',
      name: 'build',
      description: '',
      parallelism: 0,
      tasks: [
        {
          ...one,
          description: '',
          depends_on: {},
          variables: {},
          inject_api_token: false,
          always_pull_newest_image: false,
        },
      ],
    });
  });

  test('null is absent, as Go writes it', () => {
    const nothing = { description: null, command: null, entrypoint: null, depends_on: null, registry_auth: null };
    const rest = { variables: null, retry: null, cpu: null, timeout: null };
    expect(checkPipeline({ ...withTask({ ...nothing, ...rest }), name: null, timeout: null })).toEqual(
      checkPipeline(withTask({})),
    );
  });

  test('conditions are lower case, however they were written', () => {
    const depends_on = { two: 'Any', three: 'success', four: 'Failure' };
    const others = ['two', 'three', 'four'].map((id) => ({ ...one, id }));
    const [task] = checkPipeline({ id: 'build', tasks: [{ ...one, depends_on }, ...others] }).tasks;
    expect(task?.depends_on).toEqual({ two: 'any', three: 'success', four: 'failure' });
  });

  test('durations become seconds', () => {
    const times = { timeout: '2h', stop_timeout: 90, retry: { attempts: 3, interval: '5m' } };
    const config = checkPipeline({ ...withTask(times), timeout: '7d' });
    expect(config.timeout).toBe(604_800);
    expect(config.tasks[0]).toMatchObject({
      timeout: 7200,
      stop_timeout: 90,
      retry: { attempts: 3, interval: 300, rate: 2 },
    });
  });

  test('a size is whole: cpu and memory follow from each other', () => {
    const sizeOf = (size: object) => {
      const [task] = checkPipeline(withTask(size)).tasks;
      return [task?.cpu, task?.memory];
    };
    expect(sizeOf({ cpu: 1024 })).toEqual([1024, 2048]);
    expect(sizeOf({ memory: 16_384 })).toEqual([2048, 16_384]);
    expect(sizeOf({ cpu: 4096, memory: 30_720 })).toEqual([4096, 30_720]);
    expect(sizeOf({})).toEqual([undefined, undefined]);
  });
});

describe('a config is refused, with place, value and what is allowed', () => {
  test.each<[string, unknown, string]>([
    ['no object', null, 'it is null; must be an object'],
    ['no tasks', { id: 'build' }, 'tasks is empty; at least one is needed'],
    ['an empty list of tasks', { id: 'build', tasks: [] }, 'tasks is empty; at least one is needed'],
    ['a short id', { id: 'ab', tasks: [one] }, 'id is "ab"; allowed: 3 to 32 letters, digits and hyphens'],
    [
      'underscores in a pipeline id',
      { id: 'my_build', tasks: [one] },
      'id is "my_build"; allowed: 3 to 32 letters, digits and hyphens',
    ],
    [
      'a task id with blanks',
      withTask({ id: 'a b c' }),
      'tasks[0].id: id is "a b c"; allowed: 3 to 32 letters, digits, hyphens and underscores',
    ],
    [
      'a task id that objects answer to',
      withTask({ id: 'constructor' }),
      'tasks[0].id: id is "constructor", which is reserved',
    ],
    ['negative parallelism', { ...withTask({}), parallelism: -1 }, 'parallelism is -1; allowed: 0 or more'],
    ['no image', { id: 'build', tasks: [{ id: 'one' }] }, 'tasks[0].image: task "one": image is missing'],
    [
      'a word for a list',
      withTask({ command: 'echo' }),
      'tasks[0].command: task "one": command is "echo"; must be a list',
    ],
    [
      'an unknown field',
      withTask({ dependsOn: {} }),
      'tasks[0].dependsOn: task "one": unknown field "dependsOn"; did you mean "depends_on"?',
    ],
    [
      "another tool's word",
      withTask({ env: {} }),
      'tasks[0].env: task "one": unknown field "env"; did you mean "variables"?',
    ],
    [
      'an unknown field within retry',
      withTask({ retry: { attempts: 2, atempts: 1 } }),
      'tasks[0].retry.atempts: task "one": unknown field "atempts"; did you mean "attempts"?',
    ],
    [
      'a number as a variable',
      withTask({ variables: { PORT: 80 } }),
      'tasks[0].variables.PORT: task "one": variables.PORT is the number 80; must be a string; write "80" in quotes',
    ],
    [
      "one of Gofer's variables",
      withTask({ variables: { gofer_run_id: '1' } }),
      'tasks[0].variables.gofer_run_id: task "one": variable "gofer_run_id" is reserved: names that begin with GOFER_ are set by Gofer',
    ],
    [
      'variables that become one',
      withTask({ variables: { who: '1', WHO: '2' } }),
      'tasks[0].variables.WHO: task "one": variables "who" and "WHO" are one and the same: names become upper case',
    ],
    [
      'an unknown architecture',
      withTask({ architecture: 'amd64' }),
      'tasks[0].architecture: task "one": architecture is "amd64"; allowed: x86_64, arm64; did you mean "x86_64"?',
    ],
    [
      'a CPU that Fargate lacks',
      withTask({ cpu: 300 }),
      'tasks[0].cpu: task "one": cpu 300 is not a Fargate size; allowed: 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is 1 vCPU)',
    ],
    [
      'too little memory',
      withTask({ cpu: 1024, memory: 512 }),
      'tasks[0].memory: task "one": memory 512 does not go with cpu 1024; allowed: 2048 to 8192 in steps of 1024 MiB',
    ],
    [
      'a timeout over a week',
      withTask({ timeout: '8d' }),
      'tasks[0].timeout: task "one": timeout is 8d; allowed: 1s to 7d',
    ],
    [
      'a duration in words',
      withTask({ timeout: '5 min' }),
      'tasks[0].timeout: task "one": timeout is "5 min"; allowed: whole seconds, or a whole number with s, m, h or d, such as "90s" or "5m"',
    ],
    [
      'a stop timeout over 120 s',
      withTask({ stop_timeout: 121 }),
      'tasks[0].stop_timeout: task "one": stop_timeout is 121s; allowed: 2s to 2m',
    ],
    [
      '11 attempts',
      withTask({ retry: { attempts: 11 } }),
      'tasks[0].retry.attempts: task "one": retry.attempts is 11; allowed: 10 or less',
    ],
    [
      'an interval over an hour',
      withTask({ retry: { attempts: 2, interval: '2h' } }),
      'tasks[0].retry.interval: task "one": retry.interval is 2h; allowed: 1s to 1h',
    ],
    [
      'exit code 0 to be tried again',
      withTask({ retry: { attempts: 2, exit_codes: [0] } }),
      'tasks[0].retry.exit_codes[0]: task "one": retry.exit_codes[0] is 0; allowed: 1 or more',
    ],
    [
      'dependence on itself',
      withTask({ depends_on: { one: 'any' } }),
      'tasks[0].depends_on.one: task "one" depends on itself',
    ],
    [
      'an unknown condition',
      withTask({ depends_on: { two: 'Succes' } }),
      'tasks[0].depends_on.two: task "one": depends_on.two is "Succes"; allowed: any, success, failure; did you mean "Success"?',
    ],
    [
      'a NUL character',
      withTask({ command: ['\0'] }),
      'tasks[0].command[0]: task "one": command[0] holds a NUL character',
    ],
  ])('%s', (_, input, problem) => {
    expect(problemsIn(input)).toContain(problem);
  });

  test('two tasks with one id', () => {
    expect(problemsIn({ id: 'build', tasks: [one, one] })).toEqual([
      'tasks[1].id: id "one" is already that of tasks[0]; each task needs its own',
    ]);
  });

  test('a dependency that is not there, and the one that was meant', () => {
    const tasks = [
      { ...one, id: 'test' },
      { ...one, id: 'build', depends_on: { tset: 'Success' } },
    ];
    expect(problemsIn({ id: 'build', tasks })).toEqual([
      'tasks[1].depends_on.tset: task "build" depends on "tset", which is not in this pipeline; did you mean "test"?',
    ]);
  });

  test('each cycle, with its path', () => {
    const edges = { aaa: ['bbb'], bbb: ['aaa'], ccc: ['ddd'], ddd: ['eee'], eee: ['ccc'], fff: ['aaa'], ggg: [] };
    const tasks = Object.entries(edges).map(([id, parents]) => ({
      ...one,
      id,
      depends_on: Object.fromEntries(parents.map((parent) => [parent, 'any'])),
    }));
    expect(problemsIn({ id: 'build', tasks })).toEqual([
      'tasks[0].depends_on.bbb: these tasks depend on each other in a circle: aaa → bbb → aaa; remove one of these dependencies',
      'tasks[2].depends_on.ddd: these tasks depend on each other in a circle: ccc → ddd → eee → ccc; remove one of these dependencies',
    ]);
  });

  test('all problems at once, in one message, in the order of the tasks', () => {
    const tasks = [
      { ...one, depends_on: { two: 'any', tree: 'any' } },
      { id: 'two', image: 'UP', depends_on: { one: 'any' } },
      { ...one, id: 'three', cpu: 1 },
    ];
    const input = { id: 'build', paralelism: 3, tasks };
    expect(() => checkPipeline(input)).toThrow(InvalidPipelineError);
    expect(() => checkPipeline(input)).toThrow('pipeline "build" has 5 problems:\n  paralelism: unknown field');
    const paths = (parsePipeline(input) as { problems: { path: string }[] }).problems.map(({ path }) => path);
    expect(paths).toEqual([
      'paralelism',
      'tasks[0].depends_on.tree',
      'tasks[0].depends_on.two',
      'tasks[1].image',
      'tasks[2].cpu',
    ]);
  });

  test('thousands of problems are told quickly: the first hundred, and how many more there are', () => {
    const depends_on = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`nowhere-${i}`, 'any']));
    const tasks = Array.from({ length: 3000 }, (_, i) => ({ id: `task-${i}`, image: '?', depends_on }));
    const problems = problemsIn({ id: 'build', tasks });
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('and 902900 more');
  });

  test.each([
    [100, undefined],
    [101, 'and 1 more'],
    [250, 'and 150 more'],
  ])('%i problems of any kind are counted as that', (count, last) => {
    const names = Array.from({ length: count }, (_, i) => `unknown${i}`);
    const unknown = { id: 'build', tasks: [one], ...Object.fromEntries(names.map((name) => [name, 1])) };
    const nameless = { id: 'build', tasks: names.map(() => ({ image: 'busybox' })) };
    for (const input of [unknown, nameless]) {
      expect(() => checkPipeline(input)).toThrow(`pipeline "build" has ${count} problems:\n`);
      expect(problemsIn(input).find((line) => line.startsWith('and '))).toBe(last);
    }
  });

  test('more circles than are looked for are not told as all', () => {
    const pairs = (count: number) =>
      Array.from({ length: count }, (_, i) => [
        { ...one, id: `left-${i}`, depends_on: { [`right-${i}`]: 'any' } },
        { ...one, id: `right-${i}`, depends_on: { [`left-${i}`]: 'any' } },
      ]).flat();
    expect(problemsIn({ id: 'build', tasks: pairs(19) }).join('\n')).not.toContain('further circles');
    const problems = problemsIn({ id: 'build', tasks: pairs(21) });
    expect(problems).toHaveLength(20);
    expect(problems.at(-1)).toContain('there may be further circles');
  });
});

test('the JSON Schema names every field, as it may be written', () => {
  const schema = pipelineJsonSchema() as {
    required: string[];
    properties: { tasks: { items: { properties: object } } };
  };
  expect(schema.required).toEqual(['id', 'tasks']);
  expect(Object.keys(schema.properties.tasks.items.properties)).toEqual(
    expect.arrayContaining(['id', 'image', 'depends_on', 'variables', 'retry', 'timeout', 'cpu', 'memory']),
  );
});
