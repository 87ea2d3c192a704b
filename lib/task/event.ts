/**
 * "ECS Task State Change", the event that tells of a container: at least once, in any order. EventBridge delivers it on
 * AWS; one machine makes the same shape and hands it to the same handler.
 */
import type { Container } from '../ports/containers.ts';
import { defined, isRecord, text, time } from './received.ts';

export type TaskStateChange = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'ECS Task State Change';
  readonly source: 'aws.ecs';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: TaskDetail;
};

/** Times are ISO 8601. */
export type TaskDetail = {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly group: string;
  readonly lastStatus: Container['lastStatus'];
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly containers: readonly {
    readonly containerArn: string;
    readonly taskArn: string;
    readonly name: string;
    readonly image?: string;
    readonly lastStatus: string;
    readonly exitCode?: number;
    readonly reason?: string;
  }[];
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly stoppedAt?: string;
  readonly updatedAt: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Grows with each change of the task: of two events the one with the greater version is the newer. */
  readonly version: number;
};

const statuses = ['PROVISIONING', 'PENDING', 'RUNNING', 'DEPROVISIONING', 'STOPPED'] as const;

/** Cuts the event to what the product reads; a status between (`ACTIVATING`, `STOPPING`…) counts as the one before it. `undefined`: no such event. */
export function parseTaskStateChange(event: unknown): Container | undefined {
  if (!isRecord(event) || event['detail-type'] !== 'ECS Task State Change' || !isRecord(event['detail']))
    return undefined;
  const detail = event['detail'];
  const { taskArn, group, lastStatus } = detail;
  if (typeof taskArn !== 'string' || typeof group !== 'string' || typeof lastStatus !== 'string') return undefined;
  const [container] = Array.isArray(detail['containers']) ? (detail['containers'] as unknown[]) : [];
  const facts = isRecord(container) ? container : {};
  // A container's own words (an image that can't be pulled, memory that ran out) say more than the task's.
  const reason = text(facts['reason']) ?? text(detail['stoppedReason']);
  return {
    arn: taskArn,
    group,
    lastStatus: statusOf(lastStatus),
    createdAt: time(detail['createdAt']) ?? time(event['time']) ?? 0,
    ...defined('startedAt', time(detail['startedAt'])),
    ...defined('stoppedAt', time(detail['stoppedAt'])),
    ...defined('exitCode', typeof facts['exitCode'] === 'number' ? facts['exitCode'] : undefined),
    ...defined('stopCode', text(detail['stopCode'])),
    ...defined('stoppedReason', reason),
  };
}

function statusOf(status: string): Container['lastStatus'] {
  const known = statuses.find((name) => name === status);
  if (known) return known;
  return status === 'ACTIVATING' ? 'PENDING' : 'RUNNING';
}
