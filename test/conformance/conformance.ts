/** What every installation owes the contract: each operation is there, answers in its shape, and refuses in its shape. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContractOperation, contractOperations } from './contract.ts';
import { expectRefusal, expectSuccess } from './expectations.ts';
import { refused } from './facts/refused.ts';
import { routes } from './facts/routes.ts';
import { walls } from './facts/walls.ts';
import { forget, generate, isDefect, knownThings } from './generated/generated.ts';
import { notYet } from './not-yet.ts';
import { refusalsOf } from './refusals/refusals.ts';
import { type Ask, createAsk, type Request } from './request.ts';
import { sampleOf } from './samples/samples.ts';
import { type Ability, createWorld, type World } from './world.ts';

export type ConformingKind = Ability & {
  readonly start: () => Promise<{ readonly url: string; readonly token: string; readonly stop: () => Promise<void> }>;
  /** Operations that this home has no way to do, with the status that says so. */
  readonly unable?: Statuses;
  /** How many requests are made up. */
  readonly generated: number;
};

type Statuses = Readonly<Record<string, number>>;

/** Whoever started the installation has had the first token. */
const usedUp: Statuses = { create_bootstrap_token: 409 };

/** Of no meaning but to end what hangs. */
const timeout = 180_000;

export function describeConformance(home: string, { start, unable = {}, generated, ...ability }: ConformingKind) {
  let stop: (() => Promise<void>) | undefined;
  let ask: Ask;
  let world: World;
  beforeAll(async () => {
    const installation = await start();
    stop = installation.stop;
    ask = createAsk(installation);
    world = createWorld(ask, ability);
  }, timeout);
  afterAll(async () => {
    await world?.end();
    await stop?.();
  }, timeout);

  const built = contractOperations.filter(({ id }) => !notYet.includes(id));
  const refusals = built.flatMap((operation) => refusalsOf(operation));
  console.log(`${home}: ${built.length} of ${contractOperations.length} operations, ${refusals.length} refusals`);

  test('has the operations of the contract, and none that is said to be missing', async () => {
    const { json } = await ask({ method: 'GET', path: '/api/openapi.json' });
    const { paths } = json as { paths: Readonly<Record<string, object>> };
    const has = ({ path, method }: ContractOperation) => method.toLowerCase() in (paths[path] ?? {});
    const missing = contractOperations.filter((each) => !has(each)).map(({ id }) => id);
    expect(missing.sort()).toEqual(notYet.toSorted());
  });

  describe.each(built)('$id', { timeout }, (operation) => {
    let good: Request;
    beforeAll(async () => {
      good = await sampleOf(operation.id)(world);
    }, timeout);

    test.each(refusalsOf(operation))('refuses $what', async ({ status, wrong }) => {
      expectRefusal(await ask(operation, await wrong(good, world)), status);
    });

    // After all of these refusals: none of them has done what was asked for.
    test('answers as the contract says', async () => {
      const answer = await ask(operation, good);
      const status = { ...usedUp, ...unable }[operation.id];
      if (status === undefined) expectSuccess(operation, answer);
      else expectRefusal(answer, status);
    });
  });

  describe('every path', { timeout }, () => routes(() => world));
  describe('refused, though Gofer 0.9 does not', { timeout }, () => refused(() => world));
  test(`thinks of an answer to each of ${generated} generated requests`, { timeout }, async () => {
    const known = await knownThings(world);
    for (const { operation, request } of generate(known, generated, 1)) {
      const answer = await ask(operation, request);
      expect([operation.id, request, answer.text, isDefect(operation, answer)]).toEqual([
        operation.id,
        request,
        answer.text,
        false,
      ]);
    }
    await forget(world, known);
  });
  describe('behind the wall of a namespace', { timeout }, () => walls(() => world));
}
