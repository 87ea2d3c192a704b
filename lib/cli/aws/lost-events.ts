/** The queue of lost events and the functions of a stack, with the caller's credentials. To be imported when needed. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Message } from '../../lost-events/message.ts';
import type { Functions, KnownFunctions, LostQueue } from '../../lost-events/redrive.ts';
import { resourcesOf } from './resources.ts';
import { clientOptions, type StackQuery } from './stack.ts';

/** Longer than a batch of 10 takes when each function works as long as it may. */
const batchSeconds = 15 * 60;

/** A poll this long asks all of SQS's servers, so an empty answer means an empty queue. */
const pollSeconds = 2;

export function openLostQueue(query: StackQuery, url: string): LostQueue {
  const client = new SQSClient({ ...clientOptions(query), useQueueUrlAsEndpoint: false });
  const QueueUrl = url;
  return {
    async receive() {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          VisibilityTimeout: batchSeconds,
          WaitTimeSeconds: pollSeconds,
        }),
      );
      return Messages.map(
        ({ MessageId = '', Body = '', ReceiptHandle = '', MessageAttributes = {} }): Message => ({
          id: MessageId,
          body: Body,
          receipt: ReceiptHandle,
          attributes: Object.fromEntries(
            Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
          ),
        }),
      );
    },
    async remove({ receipt }) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }));
    },
    async release({ receipt }) {
      const visible = { QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 };
      await client.send(new ChangeMessageVisibilityCommand(visible));
    },
  };
}

export function openFunctions(query: StackQuery): Functions {
  const client = new LambdaClient(clientOptions(query));
  return {
    async invoke(name, payload) {
      const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from(payload) }));
      if (!answer.FunctionError) return undefined;
      const { errorType = answer.FunctionError, errorMessage = '' } = JSON.parse(
        Buffer.from(answer.Payload ?? '{}').toString(),
      ) as { errorType?: string; errorMessage?: string };
      return `${errorType}: ${errorMessage}`;
    },
  };
}

/** The functions that the stack made, by what CloudFormation lists. */
export async function stackFunctions(query: StackQuery): Promise<KnownFunctions> {
  const functions = await resourcesOf(query, 'AWS::Lambda::Function');
  return {
    names: new Set(functions.map(({ physicalId }) => physicalId)),
    sweep: functions.find(({ logicalId }) => isSweep(logicalId))?.physicalId,
  };
}

/** CDK makes logical ids of the construct's path and a hash: `ControlSweep9C8F21D4`. */
export const isSweep = (logicalId: string): boolean => /ControlSweep[0-9A-F]{8}$/.test(logicalId);
