/**
 * Secrets are planted, used, printed and refused; then everything that the account keeps is searched for them. They may be
 * with Secrets Manager, and in the logs of the containers that printed them, as CloudWatch got them.
 */
import { beforeAll, expect, test } from 'vitest';
import { formsOf } from '../../lib/logs/secret-forms.ts';
import { createUser, eventually, type Finished, task } from '../e2e/user.ts';
import type { AwsInstallation } from './installation.ts';
import { overhear, type Place, placesOf } from './places.ts';

const canaries = {
  pipeline: 'canary-Pq7/"x"+9zR',
  global: 'canary-Gm3&kW5 tail',
  registry: 'canary-Rt8?uV2',
  refused: 'canary-Xn4!bY6',
};
/** Found where configs and requests are: without it the search would find nothing anywhere. */
const marker = 'plain-marker-Lw1';

/** What the sweep logs, each minute. */
const swept = 'swept';

const holds = (place: Place, text: string) => Object.values(place).some((each) => each.includes(text));

const timeout = 180_000;

export function canary(installation: () => AwsInstallation): void {
  const formsIn = (secret: string) => formsOf(secret).map((form) => Buffer.from(form).toString());
  let ended: Finished;
  let said: string;
  let places: Awaited<ReturnType<typeof placesOf>> & { readonly events: Place };

  beforeAll(async () => {
    const gofer = installation();
    const overheard = await overhear(gofer);
    const { client, up, begin, finished, ask, text } = createUser(gofer);
    const variables = { PASS: 'pipeline_secret{{ pass }}', ALL: 'global_secret{{ all }}', PLAIN: marker };
    const ref = await up([
      task('tell', 'echo "I know $PASS and $ALL"; printf %s "$PASS" | base64', { variables, inject_api_token: true }),
      task('fails', 'echo "$GOFER_TOKEN $ALL" >&2; exit 3', { variables, inject_api_token: true }),
      task('lacks', 'true', { variables: { GONE: 'pipeline_secret{{ gone }}' } }),
    ]);
    await client.secrets.put(ref, { key: 'pass', content: canaries.pipeline, force: false });
    await client.globalSecrets.put({ key: 'all', content: canaries.global, force: false, namespaces: ['^default$'] });
    await up([task('never', 'true', { registry_auth: { user: 'ann', pass: canaries.registry } })]);
    const secrets = `/api/namespaces/default/pipelines/${ref.pipeline}/secrets`;
    for (const content of [canaries.refused, [canaries.refused], canaries.refused.repeat(6000)])
      expect((await ask('POST', secrets, { key: 'pass', content, force: false })).status).toBeGreaterThanOrEqual(400);
    ended = await finished(await begin(ref));
    said = await text(ended.ref, 'tell');
    // What follows from the run's end is told a moment later.
    const isTold = (each: string) => each.includes('completed_run') && each.includes(ref.pipeline);
    const events = await eventually(overheard.events, (heard) => Object.values(heard).some(isTold), timeout);
    const all = async () => ({ ...(await placesOf(gofer)), events });
    places = await eventually(all, (found) => holds(found['logs of the product'], swept), timeout);
    await overheard.stop();
    await client.globalSecrets.delete('all');
  }, timeout);

  test('the containers had them, and their reader sees stars', () => {
    expect(ended.statuses).toEqual({ tell: 'successful', fails: 'failed', lacks: 'failed' });
    expect(said).toBe('I know *** and ***\n***\n');
  });

  test('the search finds what is there: what is no secret, and what a container printed', () => {
    const has = (place: keyof typeof places, text: string) => holds(places[place], text);
    for (const place of ['table', 'executions'] as const) expect([place, has(place, marker)]).toEqual([place, true]);
    expect(has('machines', 'next tell')).toBe(true);
    for (const place of ['events', 'task definitions'] as const)
      expect([place, has(place, ended.ref.pipeline)]).toEqual([place, true]);
    expect(has('logs of the product', swept)).toBe(true);
    expect(has('logs of tasks', canaries.pipeline)).toBe(true);
  });

  test('no place but the containers’ own logs holds one', () => {
    const { token } = installation();
    const [, injected = ''] = /(gofer_\w+)/.exec(Object.values(places['logs of tasks']).join('\n')) ?? [];
    expect(injected).not.toBe('');
    const forms = [...Object.values(canaries), token, injected].flatMap(formsIn);
    const { 'logs of tasks': _, ...others } = places;
    const holding = Object.entries(others).flatMap(([place, things]) =>
      Object.entries(things)
        .filter(([, text]) => forms.some((form) => text.includes(form)))
        .map(([name]) => `${place}: ${name}`),
    );
    expect(holding).toEqual([]);
  });
}
