/**
 * How functions speak to extensions: these have no address but the one in their subnet, where one function waits for
 * requests to hand on. It reaches their port and nothing else, AWS's services least of all.
 */
import { Duration, Stack } from 'aws-cdk-lib';
import { type CfnSecurityGroup, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { extensionPort } from '../extension/place.ts';
import { ControlFunction } from './control-function.ts';
import type { LostEvents } from './lost-events.ts';
import type { Network } from './network.ts';
import type { Settings } from './settings.ts';

export type ExtensionReachProps = {
  readonly settings: Settings;
  readonly network: Network;
  readonly lostEvents: LostEvents;
};

export class ExtensionReach extends Construct {
  /** Of the containers of extensions. */
  readonly securityGroup: SecurityGroup;
  readonly handler: ControlFunction;

  constructor(scope: Construct, id: string, { settings, network, lostEvents }: ExtensionReachProps) {
    super(scope, id);
    const { vpc, subnets } = network;
    this.securityGroup = new SecurityGroup(this, 'Containers', {
      vpc,
      description: 'Gofer extensions: everything out, their own port in from one function',
      allowAllOutbound: true,
    });
    const own = new SecurityGroup(this, 'Caller', {
      vpc,
      description: 'Gofer calls extensions: their port and nothing else',
      allowAllOutbound: false,
    });
    this.securityGroup.addIngressRule(own, Port.tcp(extensionPort), 'Gofer calls extensions');
    // Embedded: a group that is made without a rule of its own begins with one that lets everything out.
    (own.node.defaultChild as CfnSecurityGroup).securityGroupEgress = [
      {
        destinationSecurityGroupId: this.securityGroup.securityGroupId,
        ipProtocol: 'tcp',
        fromPort: extensionPort,
        toPort: extensionPort,
      },
    ];
    this.handler = new ControlFunction(this, 'Function', {
      entry: 'extension-reach',
      functionName: extensionFunctions(this).reach,
      // An extension has ten seconds to answer.
      timeout: Duration.seconds(15),
      memorySize: 256,
      settings,
      network: { vpc, vpcSubnets: { subnets }, securityGroups: [own], allowPublicSubnet: true },
    });
    this.#keep(lostEvents);
  }

  /**
   * Lambda takes the address back from a function that nobody calls for weeks, and the first call after that fails. Nobody
   * answers this one. https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
   */
  #keep({ queue }: LostEvents): void {
    const request = { method: 'GET', url: `http://127.0.0.1:${extensionPort}/api/health`, headers: {} };
    const event = RuleTargetInput.fromObject(request);
    new Rule(this, 'EveryDay', {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(this.handler, { event, deadLetterQueue: queue, retryAttempts: 2 })],
    });
  }
}

/** Named, for whoever calls them is told before they are made. */
export const extensionFunctions = (scope: Construct) => {
  const { stackName } = Stack.of(scope);
  return { tend: `${stackName}-extensions`, reach: `${stackName}-extension-reach` };
};
