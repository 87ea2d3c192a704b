/** What an installation may set: the props of the construct `Gofer`, and the same names under `gofer` in cdk.json. */
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { sizes } from '../pipeline/size.ts';

/** Days that CloudWatch can keep a log. */
export const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

export type GoferProps = {
  /** Runs tasks in this VPC. Default: one of its own with public subnets and no NAT, which costs nothing. Not beside `vpcId`. */
  readonly vpc?: IVpc;
  /** The same by its id, `vpc-…`: CDK looks it up and keeps what it found in cdk.context.json. */
  readonly vpcId?: string;
  /** Runs tasks in the private subnets of that VPC, without public addresses. Images must be reachable from there. Default false. */
  readonly privateSubnets?: boolean;
  /** Runs tasks on Fargate Spot: about a third of the price, and AWS may take a container back at any time. Default false. */
  readonly spot?: boolean;
  /** CPU units of a task that names no size; 1024 is 1 vCPU. Default 256. */
  readonly cpu?: keyof typeof sizes;
  /** MiB of a task that names no size. Default: the least that goes with `cpu`. */
  readonly memory?: (typeof sizes)[keyof typeof sizes][number];
  /** Of a task that names none. Default x86_64. */
  readonly architecture?: 'x86_64' | 'arm64';
  /** How long a task without `timeout` may run: seconds, or text like "2h". Default 24h. */
  readonly defaultTimeout?: number | string;
  /** The longest `timeout` a task may ask for. Default and most: 7d. */
  readonly maxTimeout?: number | string;
  /** Days that logs are kept. Default 30. */
  readonly logRetention?: (typeof retentions)[number] | 'forever';
  /** Objects that a pipeline keeps: a new one takes the place of the oldest. Default 50. */
  readonly pipelineObjects?: number;
  /** The objects of a run are kept until so many further runs of its pipeline are over. Default 2. */
  readonly runObjects?: number;
  /** The same for the logs of a run, if they are to go before `logRetention` is over. Default: not by runs. */
  readonly runLogs?: number;
  /** What becomes of table, objects and task logs when the stack is deleted; secrets are removed in any case. Default retain. */
  readonly removalPolicy?: 'retain' | 'destroy';
  /** Gets a mail when an alarm goes off, once the address has confirmed the subscription. */
  readonly alarmEmail?: string;
  /** Name or ARN of the managed policy that bounds every role of the installation. */
  readonly permissionsBoundary?: string;
  /**
   * IAM roles that pipelines of the API may hand to their containers: names or ARNs, with `*` at the end for all that begin
   * so. Whoever registers a pipeline may use them, and they have to trust ecs-tasks.amazonaws.com. Default: none.
   */
  readonly taskRoles?: readonly string[];
  /**
   * Where secrets are kept: AWS Secrets Manager ($0.40 each a month, up to 64 KiB), or Systems Manager's Parameter Store
   * (free, up to 4 KiB). Secrets don't move when it is changed. Default secrets-manager.
   */
  readonly secretStore?: 'secrets-manager' | 'parameter-store';
  /**
   * Lets who may change a run attach to its containers, by ECS Exec: `gofer task attach`. Containers that name no role get
   * one that reaches AWS's session service and nothing else. Default false.
   */
  readonly attach?: boolean;
  /**
   * Lets extensions be installed: containers that never end, each of which costs about $13 a month as long as it is installed
   * and enabled. For them a function has an address in the VPC, which CloudFormation takes some minutes longer to delete.
   * Default true.
   */
  readonly extensions?: boolean;
  /** Logs every request to the API: who asked for what and when, without tokens and bodies. Default true. */
  readonly accessLogs?: boolean;
  /** Requests a second to the API, and how many may come at once. Default 100 and 200. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /**
   * At most so many logs and events followed at once; as much concurrency is then reserved for them in the account, which
   * must have 100 to spare beyond. Default: none reserved, so they share what the account has.
   */
  readonly maxStreams?: number;
};

/** What the project's own app may set on top. */
export type AppSettings = GoferProps & {
  /** Name of the stack. Default Gofer. */
  readonly stackName?: string;
  /** A folder of pipelines that are kept in the stack: every .ts, .js, .json and .yaml file in it is one. */
  readonly pipelines?: string;
};
