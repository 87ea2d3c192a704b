/** What CloudFormation asks of a custom resource, and how it is answered: by a PUT to a presigned address, whenever that may be. */
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';

const properties = z.record(z.string(), z.unknown());

const common = {
  RequestId: z.string(),
  /** `arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<uuid>`. */
  StackId: z.string(),
  LogicalResourceId: z.string(),
  ResponseURL: z.string(),
  ResourceProperties: properties,
};

export const resourceRequest = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ...common }),
  z.object({ RequestType: z.literal('Update'), ...common, PhysicalResourceId: z.string() }),
  z.object({ RequestType: z.literal('Delete'), ...common, PhysicalResourceId: z.string() }),
]);

export type ResourceRequest = z.output<typeof resourceRequest>;

export type ResourceAnswer = {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId: string;
  readonly Reason?: string;
};

/** Tells CloudFormation how a request ended. Throws when it can't be reached. */
export type Respond = (request: ResourceRequest, answer: ResourceAnswer) => Promise<void>;

/** Bytes: the whole answer may have 4,096. */
const longestReason = 3000;

const tries = 5;

export const respond: Respond = async ({ ResponseURL, StackId, RequestId, LogicalResourceId }, answer) => {
  const Reason = answer.Reason && Buffer.from(answer.Reason).subarray(0, longestReason).toString();
  const body = JSON.stringify({ ...answer, ...(Reason && { Reason }), StackId, RequestId, LogicalResourceId });
  for (let attempt = 1; ; attempt++) {
    try {
      // The address is signed for a request without a content type.
      const { ok, status } = await fetch(ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
      if (ok) return;
      throw new Error(`CloudFormation's answer to our answer is ${status}`);
    } catch (error) {
      if (attempt === tries) throw error;
      await setTimeout(2 ** attempt * 250 * (0.5 + Math.random()));
    }
  }
};

/** The stack's name, which is what people know it by. */
export const stackOf = ({ StackId }: Pick<ResourceRequest, 'StackId'>): string =>
  StackId.split(':').at(-1)?.split('/')[1] ?? StackId;
