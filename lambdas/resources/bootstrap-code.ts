/** The custom resource behind the bootstrap code: CloudFormation can't make a SecureString, and must not know what is in it. */
import { setTimeout } from 'node:timers/promises';
import type { BootstrapCode } from '../../lib/ports/bootstrap-code.ts';
import { type ResourceAnswer, type ResourceRequest, type Respond, resourceRequest } from './request.ts';

type Codes = (name: string) => Pick<BootstrapCode, 'remove'> & { readonly create: () => Promise<void> };

/** Milliseconds. What a role may do that was made a moment ago takes a while to hold everywhere. */
const waits = [1_000, 2_000, 4_000, 8_000, 16_000];

/** Nothing of it needs remembering: a code that is there already stays as it is, and one that was used never comes back. */
export const createBootstrapCodeHandler =
  (codes: Codes, respond: Respond, pause: (ms: number) => Promise<unknown> = setTimeout) =>
  async (event: unknown): Promise<void> => {
    const request = resourceRequest.parse(event);
    await respond(request, await answerOf(request, codes, pause));
  };

async function answerOf(
  request: ResourceRequest,
  codes: Codes,
  pause: (ms: number) => Promise<unknown>,
): Promise<ResourceAnswer> {
  const PhysicalResourceId =
    request.RequestType === 'Create' ? String(request.ResourceProperties['Name']) : request.PhysicalResourceId;
  const code = codes(PhysicalResourceId);
  for (let attempt = 0; ; attempt++) {
    try {
      if (request.RequestType === 'Create') await code.create();
      if (request.RequestType === 'Delete') await code.remove();
      return { Status: 'SUCCESS', PhysicalResourceId };
    } catch (error) {
      const wait = waits[attempt];
      const message = error instanceof Error ? error.message : String(error);
      if (wait === undefined || !isDenied(error))
        return { Status: 'FAILED', PhysicalResourceId, Reason: `${PhysicalResourceId}: ${message}` };
      await pause(wait);
    }
  }
}

const isDenied = (error: unknown): boolean => error instanceof Error && /^AccessDenied/.test(error.name);
