import { ECSClient } from '@aws-sdk/client-ecs';
import { expect, test, vi } from 'vitest';
import { whenUsed } from '../../lib/aws/when-used.ts';

test('a client is made once, by its first use, and does what its methods do', () => {
  class Client {
    readonly #calls: string[] = [];
    send(call: string) {
      this.#calls.push(call);
      return this.#calls.length;
    }
  }
  const make = vi.fn(() => new Client());
  const client = whenUsed(make);
  expect(make).not.toHaveBeenCalled();
  expect([client.send('one'), client.send('two')]).toEqual([1, 2]);
  expect(make).toHaveBeenCalledOnce();
});

test('it passes for one of its class, as paginators ask', () => {
  expect(whenUsed(() => new ECSClient({ region: 'eu-central-1' }))).toBeInstanceOf(ECSClient);
});
