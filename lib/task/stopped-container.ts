/** The stopped task that `States.TaskFailed` names: its Cause is the task as `ecs:runTask.sync` writes it, in PascalCase. */
import type { Container } from '../ports/containers.ts';
import { defined, isRecord, text, time } from './received.ts';

/** `undefined`: the cause is no such description; nothing is known but the error. */
export function stoppedContainer(cause: string): Container | undefined {
  const task = parsed(cause);
  const [container] = Array.isArray(task?.['Containers']) ? (task['Containers'] as unknown[]) : [];
  if (!task || typeof task['TaskArn'] !== 'string' || typeof task['Group'] !== 'string') return undefined;
  const { ExitCode, Reason } = isRecord(container) ? container : {};
  return {
    arn: task['TaskArn'],
    group: task['Group'],
    lastStatus: 'STOPPED',
    createdAt: time(task['CreatedAt']) ?? 0,
    ...defined('startedAt', time(task['StartedAt'])),
    ...defined('stoppedAt', time(task['StoppedAt'])),
    ...defined('exitCode', typeof ExitCode === 'number' ? ExitCode : undefined),
    ...defined('stopCode', text(task['StopCode'])),
    ...defined('stoppedReason', text(Reason) ?? text(task['StoppedReason'])),
  };
}

function parsed(cause: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(cause);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
