import { describe, expect, test } from 'vitest';
import { faultIn } from '../../lib/task/fault.ts';
import { exitReason } from '../../lib/task/reason.ts';
import type { LaunchFacts } from '../../lib/task/task.ts';

/** Words as AWS writes them into `stoppedReason`, a container's `reason`, or the Cause of a failed state. */
const recorded: readonly [what: RegExp, kind: string | undefined, words: string][] = [
  [
    /does not exist; check its name and tag/,
    undefined,
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/nope:latest: docker.io/library/nope:latest: not found',
  ],
  [
    /registry refuses/,
    undefined,
    "CannotPullContainerError: Error response from daemon: pull access denied for nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  ],
  [
    /another processor/,
    undefined,
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
  ],
  [/another processor/, undefined, 'CannotStartContainerError: exec /bin/app: exec format error'],
  [
    /can’t be reached/,
    undefined,
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref registry.example.com/a:1: failed to do request: Head "https://registry.example.com/v2/a/manifests/1": dial tcp 10.0.0.1:443: i/o timeout',
  ],
  [
    /registry limits/,
    'passing',
    'CannotPullContainerError: inspect image has been retried 5 time(s): httpReaderSeeker: failed open: unexpected status code 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.',
  ],
  [
    /secret that the task needs does not exist/,
    undefined,
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:gofer/a/b/KEY/value from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
  ],
  [
    /execution role may not read a secret/,
    undefined,
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:other from secrets manager: AccessDeniedException: User is not authorized',
  ],
  [
    /log group/,
    undefined,
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
  ],
  [/out of memory; give/, undefined, 'OutOfMemoryError: Container killed due to memory usage'],
  [/Spot capacity back/, 'passing', 'Your Spot Task was interrupted.'],
  [/network interface/, 'passing', 'Timeout waiting for network interface provisioning to complete.'],
  [
    /no capacity/,
    'passing',
    'Capacity is unavailable at this time. Please try again later or in a different availability zone',
  ],
  [/no capacity/, 'passing', '{"Failures":[{"Arn":"arn:aws:ecs:…","Reason":"RESOURCE:MEMORY"}],"Tasks":[]}'],
  [/higher quota/, 'passing', "You've reached the limit on the number of vCPUs you can run concurrently"],
  [
    /throttled/,
    'passing',
    'Rate exceeded. (Service: AmazonECS; Status Code: 400; Error Code: ThrottlingException; Request ID: 1; Proxy: null)',
  ],
  [
    /throttled/,
    'passing',
    'Error retrieving subnet information for [subnet-0a]: Rate exceeded (ErrorCode: Throttling) (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException)',
  ],
  [
    /definition was removed/,
    'undefined definition',
    'TaskDefinition not found. (Service: AmazonECS; Status Code: 400; Error Code: ClientException; Request ID: 1)',
  ],
  [
    /definition was removed/,
    'undefined definition',
    'TaskDefinition is inactive (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException)',
  ],
  [
    /the task’s role can’t be taken; it must exist, trust ecs-tasks.amazonaws.com/,
    'refused',
    "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/reports' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role. (Service: AmazonECS; Status Code: 400; Error Code: ClientException)",
  ],
  [
    /the task’s role can’t be taken/,
    'refused',
    'User: arn:aws:sts::123456789012:assumed-role/Gofer-Machines is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/reports because no identity-based policy allows the iam:PassRole action (Service: AmazonECS; Status Code: 400; Error Code: AccessDeniedException)',
  ],
  [
    /does not allow the launch/,
    'refused',
    'User: arn:aws:sts::123456789012:assumed-role/Gofer-Machines is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:… (Service: AmazonECS; Status Code: 400; Error Code: AccessDeniedException)',
  ],
  [
    /refuses the launch/,
    'refused',
    'No Fargate configuration exists for given values: 300 CPU, 512 memory. (Service: AmazonECS; Status Code: 400; Error Code: ClientException)',
  ],
];

describe('what AWS says', () => {
  test.each(recorded)('%s', (what, kind, words) => {
    expect(faultIn(words)).toMatchObject({ what: expect.stringMatching(what) });
    expect(faultIn(words)?.kind).toBe(kind);
  });
  test.each(['Essential container in task exited', 'the container never started', ''])(
    'nothing is made of: %s',
    (words) => expect(faultIn(words)).toBeUndefined(),
  );
});

describe('why a task ended', () => {
  const row = { pk: 'TASKS#u#1', sk: 'build' };
  const stopped = (more: Partial<LaunchFacts>): LaunchFacts => ({ arn: 'a', state: 'STOPPED', ...more });
  test('is a sentence, with the words of AWS behind it, cut when they are long', () => {
    const words = `CannotPullContainerError: ${'x'.repeat(1000)}: not found`;
    const { description } = exitReason(row, stopped({ stopped_reason: words }));
    expect(description).toMatch(/^the image does not exist; check its name and tag \(CannotPullContainerError: x+…\)$/);
    expect(description.length).toBeLessThan(500);
  });
  test('names memory before the signal that the container got', () => {
    const facts = stopped({ exit_code: 137, stopped_reason: 'OutOfMemoryError: Container killed due to memory usage' });
    expect(exitReason(row, facts).description).toBe(
      'the container ran out of memory; give the task more "memory" (exit code 137)',
    );
  });
  test('is what the launch was refused with', () => {
    const cause = 'User: x is not authorized to perform: ecs:RunTask';
    expect(exitReason({ ...row, error: 'ECS.AccessDeniedException', cause }, undefined).description).toMatch(
      /^AWS does not allow the launch; .*\(User: x is not authorized/,
    );
  });
});
