import { describe, expect, test } from 'vitest';
import { createAccount, ProcessDied } from './account.ts';
import { answerTo, lifeOf } from './life.ts';

/** The run's life, in which step `victim` dies after so many calls, and is repeated as AWS repeats it. */
async function live(victim: number, calls: number) {
  const account = await createAccount();
  let died = false;
  for (const [n, { make, answer }] of lifeOf(account).entries()) {
    const delivery = make();
    if (n === victim) {
      await account.deliver(delivery, calls).catch((error: unknown) => {
        if (!(error instanceof ProcessDied)) throw error;
        died = true;
      });
    }
    // Step Functions asks again with another token, unless the first was answered; EventBridge delivers the same event.
    let last = delivery;
    if (n !== victim) await account.deliver(delivery);
    else if (died && answerTo(account, delivery) === undefined) {
      last = make();
      await account.deliver(last);
    }
    if (answer) expect([n, calls, answerTo(account, last)]).toEqual([n, calls, answer]);
  }
  await account.sweep();
  return { died, state: await account.state(), stopped: account.stopped };
}

describe('a function that dies between any two of its calls, and is invoked again', async () => {
  const { state: expected } = await live(-1, 0);
  const names = lifeOf(await createAccount()).map(({ what }) => what);

  test('is compared with a run in which nothing dies', () => {
    expect(expected.run).toMatchObject({ state: 'complete', status: 'successful', open: undefined, sweep: undefined });
    expect(expected.tasks).toMatchObject([
      {
        task: 'build',
        status: 'successful',
        launch: 2,
        attempt: 2,
        facts: [
          ['STOPPED', 3, true],
          ['STOPPED', 0, true],
        ],
      },
      { task: 'test', status: 'successful', launch: 1, attempt: 1 },
    ]);
    expect(expected.slots).toBeUndefined();
  });

  test.each([...names.entries()])('step %i, %s: all ends as it would have', async (victim) => {
    for (let calls = 0; ; calls++) {
      const { died, state, stopped } = await live(victim, calls);
      expect([calls, state]).toEqual([calls, expected]);
      expect(stopped).toEqual([]);
      if (!died) return expect(calls).toBeGreaterThan(0);
    }
  });
});

test('a sweep that dies between any two of its calls leaves the rest to the next', async () => {
  /** Everything that events should have told is left to the sweep, which dies once. */
  async function swept(calls: number) {
    const account = await createAccount();
    for (const { make } of lifeOf(account)) {
      const delivery = make();
      if (delivery.to !== 'taskStateChange') await account.deliver(delivery);
    }
    account.pass(180);
    const sweep = { to: 'sweep', event: account.scheduledEvent } as const;
    const died = await account.deliver(sweep, calls).then(
      () => false,
      () => true,
    );
    await account.sweep();
    return { died, state: await account.state() };
  }
  const { state: expected } = await swept(0);
  expect(expected.run).toMatchObject({ state: 'complete', status: 'successful' });
  for (let calls = 1; ; calls++) {
    const { died, state } = await swept(calls);
    expect([calls, state]).toEqual([calls, expected]);
    if (!died) return expect(calls).toBeGreaterThan(5);
  }
});
