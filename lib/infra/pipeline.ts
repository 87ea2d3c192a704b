/**
 * A pipeline that a team keeps in its CDK app. It is compiled at synthesis with the function that the API uses, so that
 * `cdk diff` shows how a change of the pipeline changes its machine.
 */
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { compile } from '../machine/compile.ts';
import { machineName } from '../machine/name.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import type { Gofer } from './gofer.ts';

export class Pipeline extends Construct {
  readonly machine: CfnStateMachine;

  constructor(gofer: Gofer, id: string, config: PipelineConfig) {
    super(gofer, id);
    const { machines, settings } = gofer;
    const definition = compile(config, settings);
    this.machine = new CfnStateMachine(this, 'Machine', {
      stateMachineName: machineName(config.id.toLowerCase().replaceAll('-', ''), definition),
      stateMachineType: 'STANDARD',
      definitionString: JSON.stringify(definition),
      roleArn: machines.role.roleArn,
      loggingConfiguration: {
        level: 'ERROR',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: machines.logGroup.logGroupArn } }],
      },
    });
    // Step Functions tries the role at once: its policy has to be there.
    this.machine.node.addDependency(machines.role);
  }
}
