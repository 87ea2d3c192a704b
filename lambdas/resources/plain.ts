/**
 * A custom resource that is there or not: there is nothing to update, and making or removing it twice is the same as once,
 * so that nothing of a request needs remembering.
 */
import { setTimeout } from 'node:timers/promises';
import { type ResourceAnswer, type ResourceRequest, type Respond, resourceRequest } from './request.ts';

export type PlainResource = {
  /** Constant for the same properties. */
  readonly id: (properties: ResourceRequest['ResourceProperties']) => string;
  /** `old` is what it takes the place of, if anything. */
  readonly create: (id: string, old?: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  /** Called when AWS refuses something: true where that may be because a role is still too new. */
  readonly isEarly: (error: Error) => boolean;
};

/**
 * Milliseconds. What a role may do that was made a moment ago takes a while to hold everywhere; all of them fit into one
 * invocation.
 */
const waits: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000];

type Pause = (ms: number) => Promise<unknown>;

export const createPlainResourceHandler =
  (resource: PlainResource, respond: Respond, pause: Pause = setTimeout) =>
  async (event: unknown): Promise<void> => {
    const request = resourceRequest.parse(event);
    await respond(request, await answerOf(request, resource, pause));
  };

async function answerOf(
  request: ResourceRequest,
  { id, create, remove, isEarly }: PlainResource,
  pause: Pause,
): Promise<ResourceAnswer> {
  const PhysicalResourceId =
    request.RequestType === 'Delete' ? request.PhysicalResourceId : id(request.ResourceProperties);
  const old = request.RequestType === 'Create' ? undefined : request.PhysicalResourceId;
  for (let attempt = 0; ; attempt++) {
    try {
      if (request.RequestType === 'Delete') await remove(PhysicalResourceId);
      // CloudFormation deletes the old one by itself.
      else if (old !== PhysicalResourceId) await create(PhysicalResourceId, old);
      return { Status: 'SUCCESS', PhysicalResourceId };
    } catch (error) {
      const wait = waits[attempt];
      if (wait === undefined || !(error instanceof Error && isEarly(error)))
        return { Status: 'FAILED', PhysicalResourceId, Reason: `${PhysicalResourceId}: ${messageOf(error)}` };
      await pause(wait);
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What IAM's answer is called while a permission does not hold everywhere. */
export const isDenied = ({ name }: Error): boolean => /^AccessDenied/.test(name);
