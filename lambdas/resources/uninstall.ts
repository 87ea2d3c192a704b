/** The custom resource that CloudFormation deletes first: it clears away what the stack itself knows nothing of. */
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { Home } from '../../lib/home.ts';
import type { Leftovers } from '../../lib/ports/leftovers.ts';
import { told } from '../../lib/system/leftovers.ts';
import { uninstall } from '../../lib/system/uninstall.ts';
import { type CustomResource, UnfinishedError } from './custom-resource.ts';

/** Written by the construct `Uninstall`. */
const uninstallProperties = z.object({
  /** Addresses of the buckets that go with the stack. */
  Buckets: z.array(z.string()).default([]),
  /** What outlives it, in words. */
  Retained: z.array(z.string()).default([]),
});

const physicalId = 'gofer-uninstall';

export type UninstallResourceOptions = { readonly pause?: (milliseconds: number) => Promise<unknown> };

export const createUninstallResource = (
  home: Home,
  leftoversOf: (buckets: readonly string[]) => Leftovers,
  { pause = setTimeout }: UninstallResourceOptions = {},
): CustomResource => ({
  physicalId: () => physicalId,
  carryOut: async ({ RequestType, RequestId, ResourceProperties }, until) => {
    if (RequestType !== 'Delete') return undefined;
    const { Buckets, Retained } = uninstallProperties.parse(ResourceProperties);
    const removed = await uninstall(home, leftoversOf(Buckets), { request: RequestId, until, pause });
    if (!removed) throw new UnfinishedError('there is more to stop and to remove: this goes on in the next invocation');
    const report = `removed: ${told(removed)}; what remains: ${Retained.join(', ') || 'nothing'}`;
    console.log(report);
    return report;
  },
});
