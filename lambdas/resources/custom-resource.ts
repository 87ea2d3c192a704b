/**
 * A custom resource's function. CloudFormation waits an hour for an answer, so whatever goes wrong is answered; a function
 * that died or timed out is invoked again by Lambda with the same event, and takes the work up where it was.
 *
 * This is not the provider framework of the CDK: that brings up to four more functions and a state machine into each
 * stack, with roles of their own, for what is these lines.
 */
import type { Home } from '../../lib/home.ts';
import { resourceRequestKey } from '../../lib/store/items/system.ts';
import { missing } from '../../lib/store/table.ts';
import { invocations } from '../../lib/system/invocations.ts';
import { type ResourceAnswer, type ResourceRequest, type Respond, resourceRequest } from './request.ts';

export type CustomResource = {
  /** Constant for the same thing: another one makes CloudFormation delete the thing of before. */
  readonly physicalId: (request: ResourceRequest) => string;
  /** Gives what is to be told, if anything. May be called again with the same request; `until` is in epoch milliseconds. */
  readonly carryOut: (request: ResourceRequest, until: number) => Promise<string | undefined>;
};

/** Several resources of one function: which one is asked is said by the property `Part`, and `whole` is without. */
export function byPart(whole: CustomResource, parts: Readonly<Record<string, CustomResource>>): CustomResource {
  const asked = ({ ResourceProperties: { Part } }: ResourceRequest) => parts[String(Part)] ?? whole;
  return {
    physicalId: (request) => asked(request).physicalId(request),
    carryOut: (request, until) => asked(request).carryOut(request, until),
  };
}

/** Not a failure: there is more to do than one invocation can. Lambda invokes the function again. */
export class UnfinishedError extends Error {
  override readonly name = 'UnfinishedError';
}

/** A day, in seconds: no event is delivered again after that. */
const remembered = 24 * 3600;

type Context = { readonly getRemainingTimeInMillis: () => number };

/**
 * The outcome is remembered, then told. A request that comes again, however late, is told the same and is not carried out:
 * what was asked for since then would be undone.
 */
export const createCustomResourceHandler =
  (home: Home, resource: CustomResource, respond: Respond) =>
  async (event: unknown, context: Context): Promise<void> => {
    const request = resourceRequest.parse(event);
    const key = resourceRequestKey(request.RequestId);
    const known = async () => ((await home.table.get(key)) as { answer: ResourceAnswer } | undefined)?.answer;
    let answer = await known();
    if (!answer) {
      answer = await outcomeOf(
        resource,
        request,
        home.now() + context.getRemainingTimeInMillis() - invocations.reserve * 1000,
      );
      const expires_at = Math.ceil(home.now() / 1000) + remembered;
      // Of two at once the first one counts.
      if (!(await home.table.put({ ...key, answer, expires_at }, missing('pk')))) answer = (await known()) ?? answer;
    }
    await respond(request, answer);
  };

async function outcomeOf(
  { physicalId, carryOut }: CustomResource,
  request: ResourceRequest,
  until: number,
): Promise<ResourceAnswer> {
  const PhysicalResourceId = physicalId(request);
  try {
    const Reason = await carryOut(request, until);
    return { Status: 'SUCCESS', PhysicalResourceId, ...(Reason !== undefined && { Reason }) };
  } catch (error) {
    if (error instanceof UnfinishedError) throw error;
    console.error(`${request.RequestType} of ${request.LogicalResourceId} failed:`, error);
    return { Status: 'FAILED', PhysicalResourceId, Reason: error instanceof Error ? error.message : String(error) };
  }
}
