/** Attaching on AWS: ECS Exec opens a session in the container, which the client's session-manager-plugin takes up. */
import {
  ClientException,
  DescribeTasksCommand,
  type ECSClient,
  ExecuteCommandCommand,
  InvalidParameterException,
  TargetNotConnectedException,
} from '@aws-sdk/client-ecs';
import { ConflictError } from '../errors.ts';
import type { Attach } from '../ports/attach.ts';
import { containerName } from './task-definition.ts';

export type AttachOptions = { readonly clusterArn: string; readonly region: string };

export function createAttach(client: ECSClient, { clusterArn, region }: AttachOptions): Attach {
  async function runtimeOf(arn: string): Promise<string> {
    const { tasks } = await client.send(new DescribeTasksCommand({ cluster: clusterArn, tasks: [arn] }));
    const container = tasks?.[0]?.containers?.find(({ name }) => name === containerName);
    if (!container?.runtimeId) throw new ConflictError('the container has stopped meanwhile');
    return container.runtimeId;
  }

  return {
    by: 'session',
    async start(arn, command) {
      const runtime = await runtimeOf(arn);
      const request = { cluster: clusterArn, task: arn, container: containerName, command, interactive: true };
      const { session } = await client.send(new ExecuteCommandCommand(request)).catch((error: unknown) => {
        throw explained(error);
      });
      const [cluster, task] = [clusterArn, arn].map((each) => each.slice(each.lastIndexOf('/') + 1));
      return {
        session_id: session?.sessionId ?? '',
        stream_url: session?.streamUrl ?? '',
        token: session?.tokenValue ?? '',
        target: `ecs:${cluster}_${task}_${runtime}`,
        region,
      };
    },
  };
}

/** AWS says no more than that it can't; these are the reasons that its page on ECS Exec names. */
function explained(error: unknown): unknown {
  if (error instanceof TargetNotConnectedException)
    return new ConflictError(
      'ECS can’t reach into the container yet; its agent takes some seconds to start, and needs a way to ssmmessages: try again',
    );
  if (error instanceof InvalidParameterException || error instanceof ClientException)
    return new ConflictError(
      `ECS lets nobody into this container (${error.message}); its machine was made before attach was switched on, or its own role lacks the four actions of ssmmessages: deploy the pipeline again, or see "Attaching" in docs/aws.md`,
    );
  return error;
}
