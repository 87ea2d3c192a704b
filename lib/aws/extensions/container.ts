/** The container of an extension, by what ECS tells of a task. */
import type { Task } from '@aws-sdk/client-ecs';
import { extensionPort } from '../../extension/place.ts';
import type { ServiceContainer } from '../../ports/extension-services.ts';
import { inWords } from '../../task/fault.ts';
import { smallest } from '../task-definition.ts';

export function containerOf({ taskArn: arn = '', lastStatus, containers = [], stoppedReason }: Task): ServiceContainer {
  const [{ exitCode, reason, networkInterfaces } = {}] = containers;
  const [{ privateIpv4Address: address } = {}] = networkInterfaces ?? [];
  if (lastStatus === 'RUNNING' && address) return { arn, state: 'running', url: `http://${address}:${extensionPort}` };
  if (lastStatus !== 'STOPPED') return { arn, state: 'coming', url: '' };
  const words = inWords(reason || stoppedReason || 'no reason is known');
  return { arn, state: 'stopped', url: '', reason: exitCode === undefined ? words : endedWith(exitCode, reason) };
}

function endedWith(exitCode: number, reason: string | undefined): string {
  // A task could be given more.
  if (/OutOfMemory/i.test(reason ?? '')) return `it took more than the ${smallest.memory} MiB that an extension has`;
  return `it ended with exit code ${exitCode}${reason ? ` (${inWords(reason)})` : ''}`;
}
