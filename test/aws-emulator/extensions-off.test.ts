/** A stack that goes on without extensions, and has them again later. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUser, eventually } from '../e2e/user.ts';
import { inShell } from '../extension/in-shell.ts';
import { type Keeper, keeperOf } from './extension-keeper.ts';
import { type AwsInstallation, onAws } from './installation.ts';

const timeout = 300_000;

let gofer: AwsInstallation;
let keeper: Keeper;

beforeAll(async () => {
  gofer = await onAws({ settings: { removalPolicy: 'destroy' } });
  keeper = keeperOf(gofer);
}, timeout);
afterAll(() => gofer?.stop());

const client = () => createUser(gofer).client.extensions;
const runs = () =>
  eventually(
    async () => (await client().get('hooks')).extension.state,
    (state) => state === 'running',
    timeout,
  );

test('switching them off removes their services and refuses to install one; switching them on brings them back', {
  timeout: 2 * timeout,
}, async () => {
  await client().install(inShell('hooks', { starts: 'nothing' }));
  await runs();
  await gofer.cdk.deploy({ removalPolicy: 'destroy', extensions: false });
  expect(
    await eventually(
      () => keeper.services(),
      (left) => left.length === 0,
      timeout,
    ),
  ).toEqual([]);
  await expect(client().install(inShell('other', { starts: 'nothing' }))).rejects.toThrow('are switched off');
  await gofer.cdk.deploy({ removalPolicy: 'destroy' });
  // Its row may say for a moment that it runs where it ran before.
  const info = () =>
    client()
      .debug('hooks')
      .then(
        (answer) => answer.info,
        () => '',
      );
  expect(await eventually(info, (text) => text !== '', timeout)).not.toBe('');
  expect(await keeper.services()).toEqual(['hooks']);
});
