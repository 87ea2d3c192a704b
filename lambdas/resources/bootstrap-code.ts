/** The custom resource behind the bootstrap code: CloudFormation can't make a SecureString, and must not know what is in it. */
import type { BootstrapCode } from '../../lib/ports/bootstrap-code.ts';
import { type ResourceAnswer, type ResourceRequest, type Respond, resourceRequest } from './request.ts';

type Codes = Pick<BootstrapCode, 'remove'> & { readonly create: () => Promise<void> };

/** Nothing of it needs remembering: a code that is there already stays as it is, and one that was used never comes back. */
export const createBootstrapCodeHandler =
  (codes: (name: string) => Codes, respond: Respond) => async (event: unknown) => {
    const request = resourceRequest.parse(event);
    await respond(request, await answerOf(codes, request));
  };

async function answerOf(codes: (name: string) => Codes, request: ResourceRequest): Promise<ResourceAnswer> {
  const PhysicalResourceId =
    request.RequestType === 'Create' ? String(request.ResourceProperties['Name']) : request.PhysicalResourceId;
  try {
    const code = codes(PhysicalResourceId);
    if (request.RequestType === 'Create') await code.create();
    if (request.RequestType === 'Delete') await code.remove();
    return { Status: 'SUCCESS', PhysicalResourceId };
  } catch (error) {
    const Reason = `the bootstrap code ${PhysicalResourceId}: ${error instanceof Error ? error.message : String(error)}`;
    return { Status: 'FAILED', PhysicalResourceId, Reason };
  }
}
