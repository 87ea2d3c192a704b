/** Where tasks run: public subnets and no NAT, so that an idle installation pays nothing for its network. */
import { Stack, Token } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { explain } from './explained.ts';
import { type Settings, SettingsError } from './settings.ts';

export class Network extends Construct {
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;
  readonly subnets: ISubnet[];
  readonly subnetIds: string[];
  /** In public subnets without a NAT a task pulls its image through an address of its own. */
  readonly publicIp: 'ENABLED' | 'DISABLED';

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { privateSubnets } = settings;
    this.vpc = settings.vpc ?? (settings.vpcId ? this.#lookedUp(settings.vpcId) : this.#made());
    this.subnets = privateSubnets ? this.vpc.privateSubnets : this.vpc.publicSubnets;
    this.subnetIds = this.subnets.map(({ subnetId }) => subnetId);
    if (!this.subnetIds.length) throw new SettingsError([withoutSubnets(settings)]);
    this.publicIp = privateSubnets ? 'DISABLED' : 'ENABLED';
    this.securityGroup = new SecurityGroup(this, 'Tasks', {
      vpc: this.vpc,
      description: 'Gofer tasks: everything out, nothing in',
      allowAllOutbound: true,
    });
  }

  #lookedUp(vpcId: string): IVpc {
    const { account, region } = Stack.of(this);
    if (Token.isUnresolved(account) || Token.isUnresolved(region)) {
      const message = `vpcId is "${vpcId}", which can't be looked up in a stack without account and region`;
      throw new SettingsError([
        { path: 'vpcId', message, suggestion: 'give the stack an env, or sign in to AWS first' },
      ]);
    }
    return Vpc.fromLookup(this, 'Vpc', { vpcId });
  }

  #made(): IVpc {
    explain(this, {
      'AwsSolutions-VPC7': 'flow logs cost by what tasks send; a team that wants them brings its own VPC',
    });
    // Vpc says `vpnGatewayId?: string | undefined` where IVpc says `vpnGatewayId?: string`: exact optional types tell them apart.
    return new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.64.0.0/16'),
      maxAzs: 3,
      natGateways: 0,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 20 }],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDB: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    }) as IVpc;
  }
}

const withoutSubnets = ({ privateSubnets, vpcId }: Settings) => ({
  path: 'privateSubnets',
  message: `privateSubnets is ${privateSubnets}, but the VPC${vpcId ? ` ${vpcId}` : ''} has no ${privateSubnets ? 'private' : 'public'} subnets`,
  suggestion: `set it to ${!privateSubnets}, or name another VPC`,
});
