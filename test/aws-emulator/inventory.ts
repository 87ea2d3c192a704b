/** Everything that stands in the emulator's account, by the APIs of its services. */
import type { Emulator } from './emulator.ts';
import { account, region } from './emulator.ts';

type Listing = {
  /** What signed requests name. */
  readonly service: string;
  /** An operation of a JSON protocol, `<target>.<operation>`; of a query protocol; or a path. */
  readonly json?: string;
  readonly query?: string;
  readonly path?: string;
  /** What is wanted of the answer: the first group is a name. */
  readonly names: RegExp;
};

const listings: Readonly<Record<string, Listing>> = {
  stack: { service: 'cloudformation', query: 'DescribeStacks', names: /<StackName>([^<]+)/g },
  function: { service: 'lambda', path: '/2015-03-31/functions', names: /"FunctionName": ?"([^"]+)"/g },
  table: { service: 'dynamodb', json: 'DynamoDB_20120810.ListTables', names: /"([^"]+)"(?=[,\]])/g },
  queue: { service: 'sqs', json: 'AmazonSQS.ListQueues', names: /"https?:[^"]*\/([^"/]+)"/g },
  bucket: { service: 's3', path: '/', names: /<Bucket><Name>([^<]+)/g },
  'log group': { service: 'logs', json: 'Logs_20140328.DescribeLogGroups', names: /"logGroupName": ?"([^"]+)"/g },
  machine: { service: 'states', json: 'AWSStepFunctions.ListStateMachines', names: /"name": ?"([^"]+)"/g },
  cluster: {
    service: 'ecs',
    json: 'AmazonEC2ContainerServiceV20141113.ListClusters',
    names: /:cluster\/([^"]+)/g,
  },
  'task definition': {
    service: 'ecs',
    json: 'AmazonEC2ContainerServiceV20141113.ListTaskDefinitions',
    names: /:task-definition\/([^"]+)/g,
  },
  rule: { service: 'events', json: 'AWSEvents.ListRules', names: /"Name": ?"([^"]+)"/g },
  'event bus': { service: 'events', json: 'AWSEvents.ListEventBuses', names: /"Name": ?"([^"]+)"/g },
  schedule: { service: 'scheduler', path: '/schedules', names: /"Name": ?"([^"]+)"/g },
  secret: { service: 'secretsmanager', json: 'secretsmanager.ListSecrets', names: /"Name": ?"([^"]+)"/g },
  parameter: { service: 'ssm', json: 'AmazonSSM.DescribeParameters', names: /"Name": ?"([^"]+)"/g },
  topic: { service: 'sns', query: 'ListTopics', names: /<TopicArn>([^<]+)/g },
  alarm: { service: 'monitoring', query: 'DescribeAlarms', names: /<AlarmName>([^<]+)/g },
  dashboard: { service: 'monitoring', query: 'ListDashboards', names: /<DashboardName>([^<]+)/g },
  role: { service: 'iam', query: 'ListRoles', names: /<RoleName>([^<]+)/g },
  vpc: { service: 'ec2', query: 'DescribeVpcs', names: /<vpcId>([^<]+)/g },
  'security group': { service: 'ec2', query: 'DescribeSecurityGroups', names: /<groupId>([^<]+)/g },
  api: { service: 'apigateway', path: '/restapis', names: /"name": ?"([^"]+)"/g },
};

/** As `kind name`, sorted. */
export async function inventory({ url }: Emulator): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(listings).map(async ([kind, listing]) => {
      const response = await fetch(url + (listing.path ?? '/'), requestOf(listing));
      const answer = await response.text();
      if (!response.ok) throw new Error(`${kind}: ${response.status} ${answer}`);
      return [...answer.matchAll(listing.names)].map(([, name]) => `${kind} ${name}`);
    }),
  );
  return [...new Set(found.flat())].sort();
}

function requestOf({ service, json, query }: Listing): RequestInit {
  const credential = `${account}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  if (json) {
    const headers = { authorization, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': json };
    return { method: 'POST', headers, body: '{}' };
  }
  if (query)
    return {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ Action: query, MaxItems: '1000' }),
    };
  return { headers: { authorization } };
}
