/** Reads the way out of subnets: their route tables, and the endpoints of their VPC. */
import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type RouteTable,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { clientOptions } from '../../cli/aws/stack.ts';
import type { Subnet } from './subnets.ts';

export async function subnetsOf(
  options: ReturnType<typeof clientOptions>,
  ids: readonly string[],
): Promise<readonly Subnet[]> {
  const client = new EC2Client(options);
  // By filter: asked by id, one that is gone fails the call for all.
  const { Subnets = [] } = await client.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [...ids] }] }),
  );
  const Filters = [{ Name: 'vpc-id', Values: [...new Set(Subnets.flatMap(({ VpcId }) => VpcId ?? []))] }];
  if (Subnets.length === 0) return [];
  const [{ RouteTables = [] }, { VpcEndpoints = [] }] = await Promise.all([
    client.send(new DescribeRouteTablesCommand({ Filters })),
    client.send(new DescribeVpcEndpointsCommand({ Filters })),
  ]);
  return Subnets.flatMap(({ SubnetId, VpcId }) =>
    SubnetId && VpcId ? [subnetOf(SubnetId, tableOf(RouteTables, SubnetId, VpcId), VpcEndpoints, VpcId)] : [],
  );
}

/** A subnet without a table of its own uses the main one of its VPC. */
const tableOf = (tables: readonly RouteTable[], subnet: string, vpc: string): RouteTable | undefined =>
  tables.find(({ Associations }) => Associations?.some(({ SubnetId }) => SubnetId === subnet)) ??
  tables.find(({ VpcId, Associations }) => VpcId === vpc && Associations?.some(({ Main }) => Main));

function subnetOf(id: string, table: RouteTable | undefined, all: readonly VpcEndpoint[], vpc: string): Subnet {
  const route = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0');
  const gateway =
    route?.GatewayId ??
    route?.NatGatewayId ??
    route?.TransitGatewayId ??
    route?.NetworkInterfaceId ??
    route?.InstanceId;
  // Gateway endpoints belong to route tables, interface endpoints are reached from the whole VPC.
  const endpoints = all.filter(
    ({ VpcId, State, VpcEndpointType, RouteTableIds }) =>
      VpcId === vpc &&
      State?.toLowerCase() === 'available' &&
      (VpcEndpointType !== 'Gateway' || RouteTableIds?.includes(table?.RouteTableId ?? '')),
  );
  return {
    id,
    ...(gateway && { gateway }),
    ...(route?.State === 'blackhole' && { blackhole: true }),
    // com.amazonaws.eu-central-1.ecr.dkr → ecr.dkr
    endpoints: endpoints.flatMap(({ ServiceName }) => ServiceName?.split('.').slice(3).join('.') ?? []),
  };
}
