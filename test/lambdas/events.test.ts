import { describe, expect, test } from 'vitest';
import { createNextHandler } from '../../lambdas/states/next.ts';
import { createMemoryHome, seeds } from '../memory-home.ts';
import { createAccount, type Delivery } from './account.ts';
import { answerTo, lifeOf } from './life.ts';
import { executionStatusChange, taskStateChange } from './recorded.ts';

/** The run's life; `spoil` says how often each event of a container comes, and whether at once or late. */
async function live(spoil: () => { times: number; late: boolean }, random: () => number) {
  const account = await createAccount();
  const late: Delivery[] = [];
  for (const { make, answer } of lifeOf(account)) {
    const delivery = make();
    if (delivery.to === 'taskStateChange') {
      const { times, late: postponed } = spoil();
      for (let i = 0; i < times; i++) {
        if (postponed) late.push(delivery);
        else await account.deliver(delivery);
      }
      continue;
    }
    // What came late comes before, between or after what the machine does.
    while (late.length && random() < 0.4) {
      const [event] = late.splice(Math.floor(random() * late.length), 1);
      if (event) await account.deliver(event);
    }
    await account.deliver(delivery);
    if (answerTo(account, delivery) === undefined) await account.sweep(3);
    if (answer) expect(answerTo(account, delivery)).toBe(answer);
  }
  while (late.length) {
    const [event] = late.splice(Math.floor(random() * late.length), 1);
    if (event) await account.deliver(event);
  }
  await account.sweep();
  return account;
}

const outcome = ({ run, tasks, slots }: Awaited<ReturnType<Awaited<ReturnType<typeof createAccount>>['state']>>) => ({
  run,
  slots,
  tasks: tasks.map(({ facts, ...rest }) => ({ ...rest, exits: facts.map((each) => each?.[1]) })),
});

describe('events of containers', async () => {
  const plain = await live(
    () => ({ times: 1, late: false }),
    () => 0.5,
  );
  const expected = await plain.state();

  test('may come twice, late, in any order, and one in ten not at all', async () => {
    for (const seed of seeds(150)) {
      const { random } = createMemoryHome({ seed });
      for (let i = 0; i < 10; i++) random();
      const account = await live(
        () => ({ times: random() < 0.1 ? 0 : random() < 0.3 ? 2 : 1, late: random() < 0.4 }),
        random,
      );
      expect([seed, outcome(await account.state())]).toEqual([seed, outcome(expected)]);
      expect([seed, account.stopped]).toEqual([seed, []]);
    }
  });

  test('may all be lost: the sweep finds out what happened', async () => {
    const account = await live(
      () => ({ times: 0, late: false }),
      () => 0.5,
    );
    expect(outcome(await account.state()).run).toEqual(expected.run);
  });

  test('that came twice are told once', async () => {
    const account = await live(
      () => ({ times: 2, late: false }),
      () => 0.5,
    );
    expect((await account.state()).told).toEqual(expected.told);
  });

  test('of an older version do not take back what is known', async () => {
    const account = await createAccount();
    const [ask, runs, fails] = lifeOf(account);
    if (!ask || !runs || !fails) throw new Error('the life of a run has more steps');
    await account.deliver(ask.make());
    const old = runs.make();
    await account.deliver(fails.make());
    await account.deliver(old);
    const { tasks } = await account.state();
    expect(tasks[0]?.facts[0]).toEqual(['STOPPED', 3, true]);
  });

  test('of other things on the cluster are none of ours', async () => {
    const account = await createAccount();
    const before = await account.state();
    const container = { arn: 'arn:aws:ecs:…', group: 'service:web', lastStatus: 'RUNNING', createdAt: 1 } as const;
    await account.deliver({ to: 'taskStateChange', event: taskStateChange(container, 1) });
    await account.deliver({ to: 'taskStateChange', event: { detail: null } });
    expect(await account.state()).toEqual(before);
    expect(account.stopped).toEqual([]);
  });
});

describe('the end of an execution', () => {
  test('that nobody asked for fails the run, told by its event or found by the sweep', async () => {
    const told = await createAccount();
    told.close();
    await told.deliver({ to: 'executionStatusChange', event: executionStatusChange(told.run, 'FAILED') });
    await told.sweep();
    const found = await createAccount();
    found.close();
    await found.sweep();
    expect((await told.state()).run).toMatchObject({ state: 'complete', status: 'failed' });
    expect((await found.state()).run).toEqual((await told.state()).run);
  });

  test('means nothing for a run that is complete, nor when it is not the end, nor for executions of others', async () => {
    const account = await createAccount();
    const before = await account.state();
    await account.deliver({ to: 'executionStatusChange', event: executionStatusChange(account.run, 'RUNNING') });
    await account.deliver({ to: 'executionStatusChange', event: executionStatusChange('nightly-report', 'FAILED') });
    expect(await account.state()).toEqual(before);
  });
});

describe('what a state hands to `next`', () => {
  test('and is not understood is left out, and told without what it held', async () => {
    const account = await createAccount();
    const sentences: string[] = [];
    const event = { v: 1, run: account.run, task: 'test', after: 'build', o: { k: 'secret' }, token: 'test 1' };
    await createNextHandler(account.home, (sentence) => sentences.push(sentence))(event);
    // Nothing is concluded about the task before.
    expect((await account.state()).tasks.map(({ task, status }) => [task, status])).toEqual([['test', undefined]]);
    expect(sentences).toEqual([expect.stringMatching(/^next test of run \w+_1: .*o\.k: .*number/)]);
    expect(sentences.join()).not.toContain('secret');
  });

  test('and is of an unknown version is refused', async () => {
    const account = await createAccount();
    const event = { v: 2, run: account.run, task: 'build', o: {}, token: 'build 1' };
    await expect(account.deliver({ to: 'next', event })).rejects.toThrow();
    expect(account.answers.size).toBe(0);
  });

  test('by an execution whose run is not there is over', async () => {
    const account = await createAccount();
    await account.deliver({ to: 'next', event: { v: 1, run: 'unknown_7', task: 'build', o: {}, token: 'build 1' } });
    expect(account.answers.get('build 1')).toMatchObject({ error: 'Gofer.Over' });
  });
});
