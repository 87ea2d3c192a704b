/** The stopped task that `States.TaskFailed` names: its Cause is the task as `ecs:runTask.sync` writes it, in PascalCase. */
import type { Container } from '../ports/containers.ts';

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
    ...optional('startedAt', time(task['StartedAt'])),
    ...optional('stoppedAt', time(task['StoppedAt'])),
    ...optional('exitCode', typeof ExitCode === 'number' ? ExitCode : undefined),
    ...optional('stopCode', text(task['StopCode'])),
    ...optional('stoppedReason', text(Reason) ?? text(task['StoppedReason'])),
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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const optional = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V };

/** Epoch milliseconds, or ISO 8601. */
function time(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
