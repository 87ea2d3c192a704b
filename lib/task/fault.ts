/**
 * What AWS means when it says why a container stopped or was never started: one sentence for people, what to do, and
 * whether it is AWS's own trouble. `test/task/fault.test.ts` holds the words as AWS writes them.
 */
export type Fault = {
  readonly what: string;
  /**
   * `passing`: of the infrastructure, and gone some time later: it uses up no attempt. `refused`: AWS will say the same
   * however often it is asked. `undefined`: the task's own.
   */
  readonly kind?: 'passing' | 'refused' | 'undefined definition';
};

type Rule = Fault & { readonly says: RegExp };

/** The first that matches is meant: the more special come first. */
const rules: readonly Rule[] = [
  {
    says: /TaskDefinition (not found|is inactive)|Unable to describe task definition|task definition (?:"[^"]*" )?does not exist/i,
    what: 'the task definition was removed; it is registered again',
    kind: 'undefined definition',
  },
  {
    says: /toomanyrequests|pull rate limit/i,
    what: 'the registry limits how often images are pulled; log in with registry_auth, or take the image from ECR',
    kind: 'passing',
  },
  {
    says: /Rate exceeded|Throttling|RequestLimitExceeded|Request limit exceeded/i,
    what: 'AWS throttled the launch; it is repeated',
    kind: 'passing',
  },
  {
    says: /limit on the number of (?:tasks|vCPUs) you can run|vCPU limit/i,
    what: 'the account runs as many Fargate vCPUs as it may; ask for a higher quota of "Fargate On-Demand vCPU resource count"',
    kind: 'passing',
  },
  {
    says: /Capacity is unavailable|RESOURCE:[A-Z]|No Container Instances|[Ii]nsufficient capacity/,
    what: 'AWS has no capacity for a task of this size at the moment; more subnets in other zones, or another size, help',
    kind: 'passing',
  },
  {
    says: /Spot Task was interrupted|SpotInterruption/i,
    what: 'AWS took the Spot capacity back; the task is started again',
    kind: 'passing',
  },
  {
    says: /network interface (?:provisioning|creation)|Network Interface.*(?:timed? ?out|error)|Timeout waiting for network interface/i,
    what: 'AWS could not attach a network interface in time; the task is started again',
    kind: 'passing',
  },
  {
    says: /^InternalError|Fargate.*(?:retire|maintenance|underlying)|TerminationNotice|Host EC2 .*terminated/i,
    what: 'AWS took the machine under the task away; the task is started again',
    kind: 'passing',
  },
  {
    says: /CannotPullContainer.*(?:no basic auth|access denied|denied: requested|unauthorized|authorization token|403 Forbidden)/is,
    what: 'the registry refuses to hand out the image; check its name, and registry_auth or the repository policy',
  },
  {
    says: /does not contain descriptor matching platform|no matching manifest|exec format error/i,
    what: 'the image is made for another processor; build it for the task’s architecture, or set "architecture"',
  },
  {
    says: /CannotPullContainer.*(?:i\/o timeout|timed? ?out|dial tcp|no such host|connection refused|deadline exceeded|TLS handshake)/is,
    what: 'the registry can’t be reached; check its name, and that the subnets lead to it',
  },
  {
    says: /CannotPullContainer.*(?:not found|no such|manifest unknown|does not exist|invalid reference|failed to resolve)/is,
    what: 'the image does not exist; check its name and tag',
  },
  { says: /CannotPullContainer/i, what: 'the image can’t be pulled; check its name, tag and registry' },
  {
    says: /ResourceInitializationError.*(?:secret|parameter|asm|ssm).*(?:ResourceNotFound|can't find|ParameterNotFound|invalid ssm parameters)/is,
    what: 'a secret that the task needs does not exist; create it, then start again',
  },
  {
    says: /ResourceInitializationError.*(?:secret|parameter|asm|ssm).*AccessDenied/is,
    what: 'the execution role may not read a secret of the task; secrets must lie under gofer/',
  },
  {
    says: /ResourceInitializationError.*(?:secret|registry auth|asm|ssm).*(?:timeout|timed out|dial tcp|deadline exceeded|connection issue)/is,
    what: 'Secrets Manager can’t be reached from the subnets; they need a public address, a NAT or an endpoint',
  },
  {
    says: /ResourceInitializationError.*(?:log|logger)/is,
    what: 'the log group can’t be written; deploy the stack again if it was deleted',
  },
  { says: /ResourceInitializationError/i, what: 'AWS could not set up the task; its own words say what was missing' },
  { says: /OutOfMemory/i, what: 'the container ran out of memory; give the task more "memory"' },
  {
    says: /(?:Runtime|Docker)TimeoutError/i,
    what: 'the container did not get to run in time; the task is started again',
    kind: 'passing',
  },
  {
    says: /ECS was unable to assume the role|Role is not valid|iam:PassRole|Cross-account pass role/i,
    what: 'the task’s role can’t be taken; it must exist, trust ecs-tasks.amazonaws.com, and be listed in taskRoles or named in the CDK app',
    kind: 'refused',
  },
  {
    says: /not authorized to perform|AccessDenied|Unable to assume the (?:service linked )?role/i,
    what: 'AWS does not allow the launch; the roles of the stack were changed, or a policy of the account forbids it',
    kind: 'refused',
  },
  {
    says: /Invalid ?Parameter|ClientException|ValidationException|PlatformTaskDefinitionIncompatibility|UnsupportedFeature|Container Overrides length/i,
    what: 'AWS refuses the launch; its own words say what it does not take',
    kind: 'refused',
  },
];

/** What the words mean, `undefined` when nothing more can be said. */
export function faultIn(words: string | undefined): Fault | undefined {
  return words === undefined ? undefined : rules.find(({ says }) => says.test(words));
}

/** Longest part of AWS's own words in a reason. */
const longest = 400;

/** `the image does not exist; check its name and tag (CannotPullContainerError: …)`. */
export function inWords(words: string): string {
  const fault = faultIn(words);
  const own = words.length > longest ? `${words.slice(0, longest)}…` : words;
  return fault ? `${fault.what} (${own})` : own;
}
