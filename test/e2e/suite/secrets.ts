import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { task } from '../user.ts';
import type { World } from './world.ts';

const reference = (kind: string, key: string) => `${kind}{{ ${key} }}`;

/** Secrets reach containers, and stay out of sight. */
export function secrets({ user }: World) {
  test('a task has its secrets, and its log shows stars in their place', async () => {
    const { client, up, begin, finished, text } = user();
    const key = `pass word ${randomBytes(4).toString('hex')}`;
    const [own, shared] = ['own-canary-value', 'shared-canary-value'];
    const script = `test \${#OWN} = ${own.length} && test \${#SHARED} = ${shared.length} && echo "both: $OWN $SHARED"`;
    const variables = { OWN: reference('pipeline_secret', key), SHARED: reference('global_secret', key) };
    // Secrets may come after the config that refers to them.
    const ref = await up([task('tell', script, { variables })]);
    await client.secrets.put(ref, { key, content: own, force: false });
    await client.globalSecrets.put({ key, content: shared, force: false, namespaces: ['^default$'] });
    const run = await begin(ref);
    const { statuses } = await finished(run);
    expect([statuses, await text(run, 'tell')]).toEqual([{ tell: 'successful' }, 'both: *** ***\n']);
    expect(JSON.stringify(await client.tasks.list(run))).not.toContain('canary');
    await client.globalSecrets.delete(key);
  });

  test('a task whose secret is not there fails by its name, and takes no container', async () => {
    const variables = { PASS: reference('pipeline_secret', 'gone') };
    const { statuses, tasks } = await user().execute([task('lacks', 'true', { variables })]);
    expect(statuses).toEqual({ lacks: 'failed' });
    expect(tasks['lacks']?.status_reason).toMatchObject({
      reason: 'failed_precondition',
      description: expect.stringContaining('"gone"'),
    });
    expect(tasks['lacks']?.attempts).toEqual([]);
  });
}
