/**
 * Pipelines that a CDK stack keeps. What they are is written in its app, so nobody else changes them: the next deployment
 * of the stack would not know of it. Switching them off and on stays a matter of operation, and so of the API.
 */
import { ConflictError } from '../errors.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';

/** The resource of a stack that keeps a pipeline. */
export type Manager = {
  readonly stack: string;
  /** Logical id: a construct that was renamed is another resource, and the old one's removal means nothing any more. */
  readonly resource: string;
};

/** 409 unless the pipeline is nobody's, or kept by the manager's own stack. Without a manager it is the API that asks. */
export function refuseManaged({ id, managed_by }: PipelineItem, manager?: Manager): void {
  if (!managed_by || managed_by.stack === manager?.stack) return;
  if (manager)
    throw new ConflictError(
      `pipeline "${id}" is managed by stack "${managed_by.stack}"; remove it there first, then deploy stack "${manager.stack}"`,
    );
  throw new ConflictError(managedElsewhere({ id, stack: managed_by.stack }));
}

export const managedElsewhere = ({ id, stack }: { readonly id: string; readonly stack: string }): string =>
  `pipeline "${id}" is managed by stack "${stack}": change it in that CDK app and run "cdk deploy ${stack}"; only enabling and disabling it are done here`;
