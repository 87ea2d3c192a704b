import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contractConfig, contractPipeline, contractTask } from '../../lib/pipeline/contract.ts';
import { canonicalConfig, configHash } from '../../lib/pipeline/hash.ts';
import { checkPipeline, parsePipeline } from '../../lib/pipeline/schema.ts';
import { writtenPipeline } from './arbitrary.ts';

const version = { namespace: 'default', version: 2, state: 'live', registered: 1000, deprecated: 0 } as const;
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('any JSON is either a config or has problems; nothing is thrown', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({ id: fc.jsonValue(), tasks: fc.array(fc.jsonValue()), timeout: fc.jsonValue() }),
    fc.record({
      id: fc.constant('build'),
      tasks: fc.array(
        fc.record({
          id: fc.constantFrom('one', 'two', '__proto__', 'toString'),
          image: fc.constantFrom('busybox', 'B', 1),
          depends_on: fc.dictionary(fc.constantFrom('one', 'two', '__proto__', 'constructor'), fc.jsonValue()),
          variables: fc.dictionary(fc.constantFrom('A', 'b c', '__proto__'), fc.constantFrom('x', 1)),
          cpu: fc.oneof(fc.double(), fc.constant(256)),
        }),
      ),
    }),
  );
  fc.assert(
    fc.property(anything, (input) => {
      const result = parsePipeline(input);
      expect('config' in result || result.problems.length > 0).toBe(true);
    }),
  );
});

test('what is registered reads as the same config, and so does the normal form itself', () => {
  fc.assert(
    fc.property(writtenPipeline, (written) => {
      const config = checkPipeline(written);
      expect(checkPipeline(json(contractPipeline(config)))).toEqual(config);
      expect(checkPipeline(json(config))).toEqual(config);
    }),
  );
});

test("the contract's Config keeps everything but the registry's password", () => {
  fc.assert(
    fc.property(writtenPipeline, (written) => {
      const config = checkPipeline(written);
      const { id, tasks, ...rest } = config;
      const view = contractConfig(config, version);
      expect(view).toMatchObject({ ...rest, pipeline_id: id, namespace_id: 'default', version: 2, state: 'live' });
      expect(Object.keys(view.tasks).sort()).toEqual(tasks.map((task) => task.id).sort());
      for (const task of tasks) {
        const { variables, registry_auth, command, entrypoint, ...same } = task;
        const shown = view.tasks[task.id];
        expect(shown).toMatchObject(same);
        expect(shown?.variables.map(({ key, value }) => [key, value])).toEqual(Object.entries(variables));
        expect([shown?.command, shown?.entrypoint]).toEqual([command ?? null, entrypoint ?? null]);
        expect(shown?.registry_auth).toEqual(registry_auth ? { user: registry_auth.user, pass: '' } : null);
      }
    }),
  );
});

test('a task is answered as the original Gofer answers it', () => {
  const [task] = checkPipeline({
    id: 'build',
    tasks: [{ id: 'first', image: 'busybox:latest', command: ['true'], variables: { who: 'me' } }],
  }).tasks;
  expect(task && contractTask(task)).toEqual({
    id: 'first',
    description: '',
    image: 'busybox:latest',
    registry_auth: null,
    depends_on: {},
    variables: [{ key: 'who', value: 'me', source: 'pipeline_config' }],
    entrypoint: null,
    command: ['true'],
    inject_api_token: false,
    always_pull_newest_image: false,
  });
});

test('the hash is that of the content: neither the order of keys nor that of tasks matters, anything else does', () => {
  const reversed = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .map(([key, inner]) => [key, reversed(inner)])
            .reverse(),
        )
      : value;
  fc.assert(
    fc.property(writtenPipeline, (written) => {
      const config = checkPipeline(written);
      const other = checkPipeline({ ...written, tasks: written.tasks.map(reversed).reverse() });
      expect(configHash(other)).toBe(configHash(config));
      expect(JSON.parse(canonicalConfig(config))).toEqual({
        ...config,
        tasks: config.tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      });
      expect(configHash({ ...config, description: `${config.description}!` })).not.toBe(configHash(config));
    }),
  );
});
