/**
 * How functions speak to extensions: these have no address but the one in their subnet, where one function waits for
 * requests to hand on. It reaches their port and nothing else, AWS's services least of all.
 */
import { Duration, Stack } from 'aws-cdk-lib';
import { type CfnSecurityGroup, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { extensionPort } from '../extension/place.ts';
import { ControlFunction } from './control-function.ts';
import type { Network } from './network.ts';
import type { Settings } from './settings.ts';

export type ExtensionReachProps = { readonly settings: Settings; readonly network: Network };

export class ExtensionReach extends Construct {
  /** Of the containers of extensions. */
  readonly securityGroup: SecurityGroup;
  readonly handler: ControlFunction;

  constructor(scope: Construct, id: string, { settings, network }: ExtensionReachProps) {
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
  }
}

/** Named, for whoever calls them is told before they are made. */
export const extensionFunctions = (scope: Construct) => {
  const { stackName } = Stack.of(scope);
  return { tend: `${stackName}-extensions`, reach: `${stackName}-extension-reach` };
};
