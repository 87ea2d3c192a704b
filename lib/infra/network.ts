/** Where tasks run: public subnets and no NAT, so that an idle installation pays nothing for its network. */
import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

export class Network extends Construct {
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;
  readonly subnetIds: string[];
  /** Public subnets without a NAT: a task pulls its image through an address of its own. */
  readonly publicIp = 'ENABLED';

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Vpc says `vpnGatewayId?: string | undefined` where IVpc says `vpnGatewayId?: string`: exact optional types tell them apart.
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.64.0.0/16'),
      maxAzs: 3,
      natGateways: 0,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 20 }],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDB: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    }) as IVpc;
    this.subnetIds = this.vpc.publicSubnets.map(({ subnetId }) => subnetId);
    this.securityGroup = new SecurityGroup(this, 'Tasks', {
      vpc: this.vpc,
      description: 'Gofer tasks: everything out, nothing in',
      allowAllOutbound: true,
    });
  }
}
