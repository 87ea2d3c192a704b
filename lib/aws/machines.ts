/** State machines on Step Functions. */
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StateMachineAlreadyExists,
  StateMachineDoesNotExist,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { type ExecutionState, MachineMissingError, type Machines } from '../ports/machines.ts';

export type MachineSettings = {
  /** `arn:<partition>:states:<region>:<account>`. */
  readonly statesArn: string;
  readonly roleArn: string;
  readonly logGroupArn: string;
};

/** Longest `error` and `cause` that Step Functions takes. */
const errorLength = 256;
const causeLength = 32_768;

type Execution = { readonly name: string; readonly machine: string };

export function createMachines(client: SFNClient, { statesArn, roleArn, logGroupArn }: MachineSettings): Machines {
  const executionArn = ({ machine, name }: Execution) => `${statesArn}:execution:${machine}:${name}`;

  return {
    async ensure(name, definition) {
      const create = new CreateStateMachineCommand({
        name,
        definition: JSON.stringify(definition),
        roleArn,
        type: 'STANDARD',
        loggingConfiguration: {
          level: 'ERROR',
          includeExecutionData: false,
          // CloudWatch's own ARN of a group ends in `:*`, and Step Functions asks for exactly that.
          destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: `${logGroupArn.replace(/:\*$/, '')}:*` } }],
        },
      });
      // The name is made of the definition: a machine that differs can only differ in how an older version logged.
      await unless([StateMachineAlreadyExists], () => client.send(create));
    },
    async remove(name) {
      await client.send(new DeleteStateMachineCommand({ stateMachineArn: `${statesArn}:stateMachine:${name}` }));
    },
    async start({ name, machine, input }) {
      const start = new StartExecutionCommand({ stateMachineArn: `${statesArn}:stateMachine:${machine}`, name, input });
      try {
        await unless([ExecutionAlreadyExists], () => client.send(start));
      } catch (error) {
        if (error instanceof StateMachineDoesNotExist) throw new MachineMissingError(machine, { cause: error });
        throw error;
      }
    },
    async stop(execution, cause) {
      const stop = new StopExecutionCommand({
        executionArn: executionArn(execution),
        cause: cause.slice(0, causeLength),
      });
      await unless([ExecutionDoesNotExist], () => client.send(stop));
    },
    async describe(execution) {
      const describe = new DescribeExecutionCommand({ executionArn: executionArn(execution) });
      const found = await unless([ExecutionDoesNotExist], () => client.send(describe));
      return found && stateOf(found);
    },
    async answer(taskToken, answer) {
      const send = () =>
        'output' in answer
          ? client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer.output) }))
          : client.send(
              new SendTaskFailureCommand({
                taskToken,
                error: answer.error.slice(0, errorLength),
                cause: answer.cause?.slice(0, causeLength),
              }),
            );
      return (await unless([TaskTimedOut, TaskDoesNotExist, InvalidToken], send)) !== undefined;
    },
  };
}

function stateOf({ status, stopDate, error, cause }: DescribeExecutionCommandOutput): ExecutionState {
  switch (status) {
    case 'SUCCEEDED':
    case 'FAILED':
    case 'TIMED_OUT':
    case 'ABORTED':
      return {
        state: 'closed',
        status,
        stopped: stopDate?.getTime() ?? 0,
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      };
    default:
      return { state: 'running' };
  }
}

/** `undefined` when the call ends in one of these errors: what was asked for is so already. */
async function unless<T>(
  already: readonly (new (...args: never[]) => Error)[],
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (already.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}
