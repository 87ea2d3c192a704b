/** Services of extensions at the end of an installation: their containers keep the cluster and its network from going. */
import { setTimeout } from 'node:timers/promises';
import {
  DeleteServiceCommand,
  DescribeTasksCommand,
  type ECSClient,
  paginateListServices,
  paginateListTasks,
  ServiceNotActiveException,
  ServiceNotFoundException,
} from '@aws-sdk/client-ecs';
import { servicePrefix } from '../extension/place.ts';
import type { Leftover } from '../ports/leftovers.ts';

/** Milliseconds between looks at one whose container stops. */
const between = 2_000;
/** Looks; a container has ten seconds to stop, and its address some more. */
const most = 60;

/** Waits; milliseconds. */
type Pause = (milliseconds: number) => Promise<unknown>;

export async function* servicesLeft(
  ecs: ECSClient,
  cluster: string,
  pause: Pause = setTimeout,
): AsyncGenerator<Leftover, void> {
  for await (const { serviceArns = [] } of paginateListServices({ client: ecs }, { cluster })) {
    for (const service of serviceArns) {
      if (!service.split('/').at(-1)?.startsWith(servicePrefix)) continue;
      yield { kind: 'extensions', count: 1, remove: () => remove(ecs, cluster, service, pause) };
    }
  }
}

async function remove(ecs: ECSClient, cluster: string, service: string, pause: Pause): Promise<void> {
  const tasks: string[] = [];
  try {
    for await (const page of paginateListTasks({ client: ecs }, { cluster, serviceName: service }))
      tasks.push(...(page.taskArns ?? []));
    await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
  } catch (error) {
    if (!(error instanceof ServiceNotFoundException || error instanceof ServiceNotActiveException)) throw error;
  }
  // The service counts as gone while its container still stops.
  for (let look = 0; look < most; look++) {
    if (await haveStopped(ecs, cluster, tasks)) return;
    await pause(between);
  }
  throw new Error(`${service} has containers that have not stopped within ${(most * between) / 1000} s`);
}

async function haveStopped(ecs: ECSClient, cluster: string, arns: readonly string[]): Promise<boolean> {
  if (!arns.length) return true;
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [...arns] }));
  return tasks.every(({ lastStatus }) => lastStatus === 'STOPPED');
}
