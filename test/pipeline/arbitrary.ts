/** Random pipelines as users write them: valid ones, with and without each optional field. */
import fc from 'fast-check';

const word = fc.stringMatching(/^[a-z][a-z0-9_-]{2,12}$/).filter((id) => !(id in Object.prototype));
const duration = fc.oneof(fc.integer({ min: 2, max: 120 }), fc.constantFrom('2s', '90s', '2m'));
const condition = fc.constantFrom('Any', 'Success', 'Failure', 'any', 'success', 'failure');

const options = fc.record(
  {
    description: fc.option(fc.string()),
    command: fc.option(fc.array(fc.stringMatching(/^[ -~]*$/))),
    entrypoint: fc.option(fc.array(fc.stringMatching(/^[ -~]*$/))),
    variables: fc.dictionary(fc.stringMatching(/^[A-F]{1,6}$/), fc.stringMatching(/^[ -~]*$/)),
    inject_api_token: fc.boolean(),
    always_pull_newest_image: fc.boolean(),
    registry_auth: fc.option(fc.record({ user: fc.string(), pass: fc.string() })),
    cpu: fc.constantFrom(256, 512, 1024, 2048),
    architecture: fc.constantFrom('x86_64', 'arm64'),
    timeout: duration,
    stop_timeout: duration,
    allow_failure: fc.boolean(),
    retry: fc.record(
      { attempts: fc.integer({ min: 1, max: 10 }), interval: duration, exit_codes: fc.constantFrom([1], [2, 1, 2]) },
      { requiredKeys: ['attempts'] },
    ),
  },
  { requiredKeys: [] },
);

/** Tasks depend on earlier ones only; they are listed in any order. */
const tasks = fc
  .uniqueArray(word, { minLength: 1, maxLength: 12 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id, i) =>
        fc
          .tuple(options, fc.array(fc.tuple(fc.nat(Math.max(0, i - 1)), condition), { maxLength: i ? 4 : 0 }))
          .map(([rest, parents]) => ({
            id,
            image: 'busybox:latest',
            depends_on: Object.fromEntries(parents.map(([at, how]) => [ids[at] ?? id, how])),
            ...rest,
          })),
      ),
    ),
  )
  .chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));

export const writtenPipeline = fc.record(
  {
    id: fc.stringMatching(/^[A-Za-z0-9-]{3,32}$/),
    name: fc.option(fc.string()),
    description: fc.option(fc.string()),
    parallelism: fc.nat(),
    timeout: duration,
    tasks,
  },
  { requiredKeys: ['id', 'tasks'] },
);
