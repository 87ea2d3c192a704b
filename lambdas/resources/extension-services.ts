/**
 * The custom resource that CloudFormation deletes when a stack goes on without extensions: whose services would run on
 * otherwise, with nobody to look after them, and keep their security group from going.
 */
import { setTimeout } from 'node:timers/promises';
import type { Home } from '../../lib/home.ts';
import type { Leftover } from '../../lib/ports/leftovers.ts';
import { removeAll } from '../../lib/system/leftovers.ts';
import { getSystem } from '../../lib/system/system.ts';
import { type CustomResource, UnfinishedError } from './custom-resource.ts';

/** Milliseconds: the function that looked after extensions is gone, and may have begun something just before. */
const settled = 60_000;

export type ExtensionServicesOptions = { readonly pause?: (milliseconds: number) => Promise<unknown> };

export const createExtensionServicesResource = (
  home: Home,
  services: () => AsyncIterable<Leftover>,
  { pause = setTimeout }: ExtensionServicesOptions = {},
): CustomResource => ({
  physicalId: () => 'gofer-extension-services',
  carryOut: async ({ RequestType }, until) => {
    if (RequestType !== 'Delete') return undefined;
    // Then it is the end of the whole installation, which has waited and removed them before this.
    if ((await getSystem(home)).uninstalling === undefined) await pause(settled);
    const removed = await removeAll(services, () => home.now() < until);
    if (!removed) throw new UnfinishedError('there are more services: this goes on in the next invocation');
    const count = [...removed.values()].reduce((sum, each) => sum + each, 0);
    return `removed: ${count} services of extensions; the extensions are as they were when they are switched on again`;
  },
});
