/** What CloudFormation lists of a stack. To be imported when needed: the SDK's client takes a while to load. */
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { clientOptions, type StackQuery } from './stack.ts';

export type StackResource = { readonly logicalId: string; readonly physicalId: string };

/** @example await resourcesOf(query, 'AWS::Lambda::Function') */
export async function resourcesOf(query: StackQuery, type: string): Promise<StackResource[]> {
  const client = new CloudFormationClient(clientOptions(query));
  const found: StackResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: query.stack }))
    for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? [])
      if (ResourceType === type && LogicalResourceId && PhysicalResourceId)
        found.push({ logicalId: LogicalResourceId, physicalId: PhysicalResourceId });
  return found;
}
